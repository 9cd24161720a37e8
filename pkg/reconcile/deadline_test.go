package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// slow is a blocker that takes an hour for each call.
type slow struct {
	dispatch.Enforcer
	world *world
}

func (s slow) Block(ctx context.Context, targets []entity.Target) []entity.Outcome {
	s.world.now = s.world.now.Add(time.Hour)
	return s.Enforcer.Block(ctx, targets)
}

// until is a pass with so much time, on slow blockers.
func (w *world) until(limit time.Duration) reconcile.Report {
	w.t.Helper()
	r := w.runWith(func(e dispatch.Enforcer) dispatch.Enforcer { return slow{e, w} })
	return r.Pass(w.t.Context(), w.source(), reconcile.Options{Lists: r.NewLists(true), Deadline: w.now.Add(limit)})
}

// wanting is a world in which two hosts are to be blocked on one blocker.
func wanting(t *testing.T) *world {
	w := newWorld(t)
	w.without = []string{"dc"}
	w.brain.host("1", "10.0.0.1", "block")
	w.brain.host("2", "10.0.0.2", "block")
	return w
}

// Whatever the deadline leaves, the passes after it do, once, and in the end it is as if there had been none.
func TestWhatADeadlineLeavesTheNextPassDoes(t *testing.T) {
	want := wanting(t)
	want.good()
	for name, limit := range map[string]time.Duration{"before anything is done": 0, "before the tags and the notes": time.Minute} {
		w := wanting(t)
		report := w.until(limit)
		if !report.Failed() || report.Left() != 2 {
			t.Errorf("%s: failed %v, %d left of 2: %s", name, report.Failed(), report.Left(), troubles(report))
		}
		if s := w.state(); len(s.Tags[host("1").String()]) != 1 || len(s.Notes[host("1").String()]) != 0 {
			t.Errorf("%s: the brain has the tags %v and the notes %v", name, s.Tags, s.Notes)
		}
		w.now = epoch
		w.good()
		told := w.state()
		for _, ref := range []entity.Ref{host("1"), host("2")} {
			if n := len(told.Notes[ref.String()]); n != 1 {
				t.Errorf("%s: %d notes tell of one block", name, n)
			}
		}
		if diff := cmp.Diff(want.state(), told, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(entity.Holding{}, "Asserted", "Since"), cmpopts.IgnoreFields(state{}, "Notes")); diff != "" {
			t.Errorf("%s (-without a deadline +with one):\n%s", name, diff)
		}
		w.writes = 0
		if w.good(); w.writes > 0 {
			t.Errorf("%s: %d writes in the pass after that", name, w.writes)
		}
	}
}

// A release that the brain's tags do not tell of yet is not taken back by them.
func TestTagsThatAreLeftDoNotBlockAgain(t *testing.T) {
	w := wanting(t)
	w.good()
	w.brain.entities[host("1")].tags = []string{"unblock", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.1"}
	r := w.runWith(func(e dispatch.Enforcer) dispatch.Enforcer { return slowly{e, w} })
	report := r.Pass(t.Context(), w.source(), reconcile.Options{Lists: r.NewLists(true), Deadline: w.now.Add(time.Minute)})
	if report.Left() != 1 || w.devices["edge"].holds["source 10.0.0.1"] || len(w.devices["edge"].holds) != 1 {
		t.Fatalf("%d left, the device holds %v: %s", report.Left(), w.devices["edge"].holds, troubles(report))
	}
	w.good()
	if s := w.state(); len(s.Devices["edge"]) != 1 || len(s.Held) != 1 || len(s.Left) > 0 {
		t.Errorf("after the next pass: %+v", s)
	}
	if tags := w.brain.entities[host("1")].tags; len(tags) != 1 {
		t.Errorf("tags %q", tags)
	}
}

// slowly is a blocker that takes an hour to release.
type slowly struct {
	dispatch.Enforcer
	world *world
}

func (s slowly) Unblock(ctx context.Context, releases []entity.Release) []error {
	s.world.now = s.world.now.Add(time.Hour)
	return s.Enforcer.Unblock(ctx, releases)
}
