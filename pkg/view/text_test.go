package view

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestNamesAreShownAndNotObeyed(t *testing.T) {
	tests := map[string]string{
		"ws\x1b[2J\nhq\trelease\u202e\u0085": `ws\x1b[2J\nhq\trelease\u202e\u0085`,
		"näme 主机 ≥ 80":                       "näme 主机 ≥ 80",
		`EXAMPLE\jdoe`:                       `EXAMPLE\jdoe`,
		"":                                   "",
		"only broken \x9b bytes":             "only broken \ufffd bytes",
		"\xff\x00 broken bytes":              "\ufffd\\x00 broken bytes",
	}
	for text, want := range tests {
		if got := Legible(text); got != want || Legible(got) != got {
			t.Errorf("%q became %q, want %q; again %q", text, got, want, Legible(got))
		}
	}
}

func TestAReasonIsShownAndNotObeyed(t *testing.T) {
	want := `anna\x1b: ticket 7; \u009b31m`
	if got := Person(entity.By{Who: "anna\x1b", Reason: "ticket 7\n\u009b31m"}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
