package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// A release died after the device had acted and before anything was written down; then the analyst
// tagged the host again. What the journal believes to be held is not on the device.
func TestAnInterruptedReleaseThatIsWantedAgainIsBlockedAnew(t *testing.T) {
	const ip = "10.0.0.7"
	w := newWorld(t)
	w.brain.host("7", ip, "block")
	w.pass()
	held, err := w.journal.Holdings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range held {
		release := entity.Intent{
			Action: entity.ActionRelease, Target: h.Target, Blocker: h.Blocker, Label: h.Label,
			Elements: h.Receipt.Elements, Receipt: h.Receipt, At: w.now,
		}
		if err := w.journal.Begin(t.Context(), []entity.Intent{release}); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range w.devices {
		clear(d.holds)
	}
	w.pass()
	for _, name := range []string{"edge", "dc"} {
		if !slices.Contains(w.on(name), ip) {
			t.Errorf("%s holds %v, want %s: it is wanted", name, w.on(name), ip)
		}
	}
}

// A block died half way, the marker of its tags perhaps written and its receipt not; then the analyst took the
// tag off. Nothing of ours stays.
func TestAnInterruptedBlockThatIsWantedNoMoreLeavesNothing(t *testing.T) {
	wanted := func() *world {
		w := newWorld(t)
		w.brain.host("7", "10.0.0.7", "vip", "block")
		return w
	}
	calm := wanted()
	calm.pass()
	for cut := range calm.life.steps {
		w := wanted()
		w.life = &life{cut: cut + 1}
		w.pass()
		w.life = &life{}
		drop(w.brain.entities[host("7")], "block")
		w.pass()
		if tags := w.brain.entities[host("7")].tags; !slices.Equal(tags, []string{"vip"}) {
			t.Errorf("dead at step %d: the tags are %q", cut+1, tags)
		}
		for _, name := range []string{"edge", "dc"} {
			if on := w.on(name); len(on) > 0 {
				t.Errorf("dead at step %d: %s holds %v", cut+1, name, on)
			}
		}
	}
}

// A release died before it was told of, and what it took off was held again, and released again: the note names each
// blocker once.
func TestWhatIsDoneAgainAfterADeathIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.pass()
	held, err := w.journal.Holdings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range held {
		release := []entity.Intent{{Action: entity.ActionRelease, Target: h.Target, Blocker: h.Blocker, Label: h.Label, Receipt: h.Receipt, At: w.now}}
		if err := w.journal.Begin(t.Context(), release); err != nil {
			t.Fatal(err)
		}
		if err := w.journal.Settle(t.Context(), []entity.Settlement{{Intent: release[0], Done: entity.ActionRelease}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.journal.Adopt(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	drop(w.brain.entities[host("7")], "block")
	w.pass()
	notes := w.brain.entities[host("7")].notes
	if last := notes[len(notes)-1]; strings.Count(last, "edge") != 1 || strings.Count(last, "dc") != 1 {
		t.Errorf("the note is %q", last)
	}
}
