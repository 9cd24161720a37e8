package cli

import (
	"regexp"
	"testing"
	"time"
)

// A device's list confirms what is held as its answer to a block does.
func TestWhySaysWhenADeviceLastListedIt(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	s.ahead = time.Hour
	s.want(ExitDone, "", "run")
	s.want(ExitDone, "", "why", "host-1")
	found := regexp.MustCompile(`complete since (\S+), last confirmed (\S+):`).FindStringSubmatch(s.out.String())
	if found == nil {
		t.Fatalf("nothing is said of it:\n%s", &s.out)
	}
	since, err1 := time.Parse(time.RFC3339, found[1])
	confirmed, err2 := time.Parse(time.RFC3339, found[2])
	if err1 != nil || err2 != nil || confirmed.Sub(since) < time.Hour-time.Second {
		t.Errorf("blocked %s, confirmed %s by a list an hour later", found[1], found[2])
	}
}
