package view

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestAReasonIsShownAndNotObeyed(t *testing.T) {
	want := `anna\x1b: ticket 7; \u009b31m`
	if got := Person(entity.By{Who: "anna\x1b", Reason: "ticket 7\n\u009b31m"}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
