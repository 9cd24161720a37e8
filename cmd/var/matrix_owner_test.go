package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// A state that is lost takes the owner that was made for it along. What bears the mark of that owner is not
// touched until the operator says that it is his.
func TestALostJournalAsksForItsOwner(t *testing.T) {
	t.Parallel()
	r := newRow(t, families[0], fortigates{"address-group"}, "host")
	r.block(t)
	r.loseState(t)
	blocked := r.reality(t)

	r.want(t, false)
	refused := r.pass(t, 4)
	line := regexp.MustCompile(`owner = "[0-9a-f]+"`).FindString(refused.said())
	if line == "" {
		t.Fatalf("no line to put into the configuration: %s", refused)
	}
	if diff := cmp.Diff(blocked.InForce, r.inForce(t)); diff != "" {
		t.Errorf("the refused pass changed devices (-before +after):\n%s", diff)
	}

	r.configure(t, line)
	r.pass(t, 0)
	r.expect(t, r.before, "VAR: Blocked", "VAR: Unblocked")
}

// Without marks of another owner a lost state is no trouble: what is held is taken over from the tags.
func TestALostJournalIsMadeGoodFromTheTags(t *testing.T) {
	t.Parallel()
	r := newRow(t, families[2], panos{}, "host")
	r.block(t)
	r.loseState(t)
	r.requests(t)
	r.pass(t, 0)
	if w := r.requests(t)[brainName].writes(); len(w) > 0 {
		t.Errorf("taking over wrote to the brain: %v", w)
	}
	r.expect(t, r.held(false), "VAR: Blocked")
	r.want(t, false)
	r.pass(t, 0)
	r.expect(t, r.before, "VAR: Blocked", "VAR: Unblocked")
}

func (s *stage) loseState(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "var.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no state to lose: %v", err)
	}
	for _, file := range files {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
	}
}

// A receipt whose label no blocker has is kept, told, and no reason to call the pass whole.
func TestAReceiptWithAnUnknownLabelIsKeptAndTold(t *testing.T) {
	t.Parallel()
	r := newRow(t, families[0], panos{}, "host")
	for _, tag := range []string{"VAR Host Blocked", "VAR ID:Meraki Client:00:11:22:33:44:55"} {
		r.admin.change(t, brainName, "add_tag", map[string]any{"kind": "host", "id": player, "tag": tag})
	}
	before := r.reality(t)
	for range 2 {
		e := r.pass(t, 4)
		if !strings.Contains(e.said(), `"Meraki Client"`) {
			t.Errorf("the pass does not name the label: %s", e)
		}
		if diff := cmp.Diff(before, r.reality(t)); diff != "" {
			t.Errorf("the pass changed something (-before +after):\n%s", diff)
		}
	}
}

// What the rules cost does not depend on how many they find, neither in the pass that blocks them nor later.
func TestReadingCostsNoMoreForManyTargets(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, f, panos{})
			s.configure(t, "gate.max_blocks = 0")
			b := s.world.End(brainName).Simulator().(*lab.Brain)
			b.Fill(lab.NewEstate(lab.EstateSize{FirstID: 5000, Hosts: 60, Tagged: 60, Tag: "vectra_host_block"}))
			s.requests(t)
			s.pass(t, 0)
			looked := s.requests(t)[brainName]
			if lists := looked.sum() - recording(looked); lists != f.reads {
				t.Errorf("blocking 60 hosts: %d requests to look at the brain, want %d: %v", lists, f.reads, looked)
			}
			s.pass(t, 0)
			if again := s.requests(t)[brainName]; again.sum() != f.reads {
				t.Errorf("holding 60 hosts: asked %v, want %d requests", again, f.reads)
			}
		})
	}
}

// recording counts the requests that record a block: tags and notes of each target.
func recording(c tally) int {
	n := 0
	for kind, count := range c {
		if strings.Contains(kind, " on ") || strings.Contains(kind, " of ") {
			n += count
		}
	}
	return n
}
