package view

import "testing"

func TestNamesAreShownAndNotObeyed(t *testing.T) {
	tests := map[string]string{
		"ws\x1b[2J\nhq\trelease\u202e\u0085": `ws\x1b[2J\nhq\trelease\u202e\u0085`,
		"näme 主机 ≥ 80":                       "näme 主机 ≥ 80",
		`EXAMPLE\jdoe`:                       `EXAMPLE\jdoe`,
		"":                                   "",
		"\xff\x00 broken bytes":              "\ufffd\\x00 broken bytes",
	}
	for text, want := range tests {
		if got := Legible(text); got != want || Legible(got) != got {
			t.Errorf("%q became %q, want %q; again %q", text, got, want, Legible(got))
		}
	}
}
