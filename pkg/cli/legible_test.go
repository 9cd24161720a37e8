package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

const forged = "ws\x1b[2J\nhq\trelease\u202e\u0085"

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
	writeTarget(&text, view.Target{Source: "hq", Kind: entity.KindHost, ID: "1", Name: target.Name, Read: true}, time.Time{})
	out.WriteString(text.String())
	out.WriteString(found{target: target}.line() + "\n")
	if got := strings.Count(out.String(), "\n"); got != 5 || strings.ContainsAny(out.String(), "\u202e\u0085") || strings.Contains(out.String(), "\x1b[2J") {
		t.Errorf("%d lines: %q", got, out.String())
	}
}
