package cli

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOneCauseIsToldOnceForEachSource(t *testing.T) {
	const down = "POST /api/v2.5/oauth2/token: dial tcp 192.0.2.1:443: connect: connection refused"
	var got []string
	for _, err := range causesOnce([]error{
		errors.New("hq: " + down + "\n" + down),
		errors.New("hq: hosts could not be read: tags: " + down),
		errors.New("cloud: hosts could not be read: tags: " + down),
		errors.New("hq: accounts could not be read: HTTP 403"),
		errors.New("hq: " + down),
	}) {
		got = append(got, err.Error())
	}
	want := []string{
		"hq: " + down,
		"hq: hosts could not be read: tags: as above",
		"cloud: hosts could not be read: tags: " + down,
		"hq: accounts could not be read: HTTP 403",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
