package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

const forged = "ws\x1b[2J\nhq\trelease\u202e\u0085"

func TestNamesAreShownAndNotObeyed(t *testing.T) {
	tests := map[string]string{
		forged:                  `ws\x1b[2J\nhq\trelease\u202e\u0085`,
		"näme 主机 ≥ 80":          "näme 主机 ≥ 80",
		`EXAMPLE\jdoe`:          `EXAMPLE\jdoe`,
		"":                      "",
		"\xff\x00 broken bytes": "\ufffd\\x00 broken bytes",
	}
	for text, want := range tests {
		if got := legible(text); got != want || legible(got) != got {
			t.Errorf("%q became %q, want %q; again %q", text, got, want, legible(got))
		}
	}
}

func TestANameForgesNoLineOfATableOrText(t *testing.T) {
	var out bytes.Buffer
	target := host("1", forged, "10.0.0.1")
	for _, terminal := range []bool{false, true} {
		a := &App{Out: &out, Err: &out, Terminal: terminal, Color: terminal}
		if err := a.printTable([]string{"KIND", "NAME", "STATE"}, [][]string{{"host", target.Name, "failed"}}); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	targetWhy{Source: "hq", Kind: entity.KindHost, ID: "1", Name: target.Name, Read: true}.write(&text, time.Time{})
	out.WriteString(text.String())
	out.WriteString(found{target: target}.line() + "\n")
	if got := strings.Count(out.String(), "\n"); got != 5 || strings.ContainsAny(out.String(), "\u202e\u0085") || strings.Contains(out.String(), "\x1b[2J") {
		t.Errorf("%d lines: %q", got, out.String())
	}
}
