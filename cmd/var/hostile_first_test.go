package main_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/journal"
)

func itoa(n int) string { return strconv.Itoa(n) }

// changes are what makes the next pass one that somebody has to look at, when it would release more than the floor.
var changes = map[string]struct {
	make  func(*testing.T, hostile)
	words string
}{
	"a new version":            {func(t *testing.T, h hostile) { h.outdate(t) }, "version 0.0.1 → "},
	"other selection settings": {configured("score = { threat = 80, match = \"and\", certainty = 80 }\nurgency = 90", "urgency = 91"), "the selection of hosts changed"},
}

// outdate has the last pass made by another version.
func (h hostile) outdate(t *testing.T) {
	t.Helper()
	j, err := journal.Open(t.Context(), "sqlite://"+filepath.Join(h.dir, "var.db"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	text, known, err := j.Recall(t.Context(), "selection:"+brainName)
	if err != nil || !known {
		t.Fatalf("what the last pass went by is not known: %v", err)
	}
	var was map[string]any
	into(t, jsonText(text), &was)
	was["version"] = "0.0.1"
	if err := j.Remember(t.Context(), "selection:"+brainName, asText(was)); err != nil {
		t.Fatal(err)
	}
}

// jsonText is JSON already.
type jsonText string

// MarshalJSON gives it as it is.
func (j jsonText) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// The first pass after a change is only planned when it would release more than the floor, though the gates would let
// it: nobody is blocked or released in it.
func TestTheFirstPassAfterAChangeIsOnlyPlanned(t *testing.T) {
	t.Parallel()
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t, families[0])
			h.untag(11)
			c.make(t, h)
			h.admin.change(t, brainName, "add_tag", map[string]any{"kind": "host", "id": firstBystander, "tag": blockTags["host"]})
			before := h.reality(t)
			for range 2 {
				e := h.pass(t, 3)
				e.says(t, c.words, "11 of 80 targets would be released", "nothing is done before somebody looked at it")
				h.unchanged(t, before, e)
			}
			h.cures(t)
		})
	}
}

// Up to the floor nobody has to look.
func TestAFewReleasesAfterAChangeAreDone(t *testing.T) {
	t.Parallel()
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t, families[2])
			h.untag(10)
			c.make(t, h)
			h.wantHosts(t, forty-10, h.pass(t, 0))
		})
	}
}

// cures lets the pass go on in one of the ways that there are; from then on only the gates count.
func (h hostile) cures(t *testing.T) {
	t.Helper()
	file := filepath.Join(h.dir, "plan.json")
	if e := h.run(t, "plan", "-o", file); e.code != 0 && e.code != 3 {
		t.Errorf("plan: %s", e)
	}
	e := h.run(t, "apply", file, "--reason", "the new settings are right")
	if e.code != 0 {
		t.Errorf("apply: %s", e)
	}
	h.wantHosts(t, forty-11, e)
	e = h.pass(t, 0)
	if strings.Contains(e.said(), "looked at") {
		t.Errorf("there is nothing to look at any more: %s", e)
	}
	h.untag(11 + 8)
	h.wantHosts(t, forty-11-8, h.pass(t, 0))
}
