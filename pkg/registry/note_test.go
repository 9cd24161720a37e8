package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

var at = time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)

// Each begins as the predecessor's did; zone, blocker and reason follow.
func TestNotesBeginAsThePredecessors(t *testing.T) {
	tests := map[string]struct {
		changes []registry.Change
		want    string
	}{
		"a block": {
			[]registry.Change{{Action: entity.ActionBlock, Blocker: "edge", Reasons: []string{"tag vectra_host_block"}}},
			"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag vectra_host_block",
		},
		"a block on two": {
			[]registry.Change{
				{Action: entity.ActionBlock, Blocker: "edge", Reasons: []string{"tag a", "score"}, Partial: true},
				{Action: entity.ActionBlock, Blocker: "dc", Reasons: []string{"score", "tag a"}},
			},
			"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge (in part), dc: tag a; score",
		},
		"a release":           {[]registry.Change{{Action: entity.ActionRelease, Blocker: "edge"}}, "VAR: Unblocked on 21 Nov 2026 at 19:18:30 UTC on edge"},
		"a move":              {[]registry.Change{{Action: entity.ActionGroom, Blocker: "edge"}}, "VAR: Unblocked due to grooming on 21 Nov 2026 at 19:18:30 UTC on edge"},
		"nothing has no note": {nil, ""},
	}
	for name, tt := range tests {
		if got := registry.NoteText(at, tt.changes); got != tt.want {
			t.Errorf("%s\ngot  %q\nwant %q", name, got, tt.want)
		}
	}
}

func TestANoteStaysShort(t *testing.T) {
	var reasons []string
	for i := range 500 {
		reasons = append(reasons, fmt.Sprintf("203.0.113.%d stays blocked for hq/detection/%d", i, i))
	}
	changes := []registry.Change{{Action: entity.ActionRelease, Blocker: "edge", Reasons: reasons}}
	text := registry.NoteText(at, changes)
	if len(text) > 4000 || !strings.HasSuffix(text, "hq/detection/19; and 480 more") {
		t.Errorf("%d characters: %q", len(text), text)
	}
	changes[0].Reasons = reasons[:20]
	if text := registry.NoteText(at, changes); !strings.HasSuffix(text, "hq/detection/19") {
		t.Errorf("got %q", text)
	}
	if reasons[20] != "203.0.113.20 stays blocked for hq/detection/20" {
		t.Errorf("the reasons were changed: %q", reasons[20])
	}
}

func TestANoteTellsTheZone(t *testing.T) {
	local := at.In(time.FixedZone("CET", 3600))
	if got := registry.NoteText(local, []registry.Change{{Action: entity.ActionBlock, Blocker: "edge"}}); !strings.HasPrefix(got, "VAR: Blocked on 21 Nov 2026 at 20:18:30 CET on ") {
		t.Errorf("got %q", got)
	}
}

func TestANoteTellsWhyABlockTagWentAway(t *testing.T) {
	text := registry.StripText(at, "vectra_host_block", "vectra_host_unblock")
	if want := "VAR: Tag vectra_host_block taken off on 21 Nov 2026 at 19:18:30 UTC: the entity carries the release tag vectra_host_unblock"; text != want {
		t.Errorf("got  %q\nwant %q", text, want)
	}
	if !registry.TellsStrip(text, "vectra_host_block") || registry.TellsStrip(text, "vectra_host") {
		t.Error("a note is known again by the tag that it tells of, and by no other")
	}
}
