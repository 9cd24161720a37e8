package journal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

var alice = entity.By{Who: "alice", Reason: "incident 7", At: epoch}

func TestTheLastOrderAboutATargetCounts(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		block := entity.Order{Target: host("hq", "7"), Verb: entity.VerbBlock, Until: epoch.Add(time.Hour), By: alice}
		spare := entity.Order{Target: host("hq", "7"), Verb: entity.VerbSpare, By: alice, Tag: "release"}
		other := entity.Order{Target: host("hq", "10"), Verb: entity.VerbBlock, Until: epoch.Add(-time.Hour), By: alice}
		for _, o := range []entity.Order{block, other, spare} {
			must(t, j.Order(t.Context(), o))
		}
		j = at.reopen(t, j)
		same(t, "orders", []entity.Order{spare, other}, orders(t, j))
		must(t, j.DropOrder(t.Context(), spare.Target.Ref))
		must(t, j.DropOrder(t.Context(), spare.Target.Ref))
		same(t, "after one was dropped", []entity.Order{other}, orders(t, j))
	})
}

func orders(t *testing.T, j *journal.Journal) []entity.Order {
	t.Helper()
	o, err := j.Orders(t.Context())
	must(t, err)
	return o
}

// Promise of panic and pause: the transaction of the intent refuses, whichever process asks, and nothing of the batch
// is written.
func TestAStopRefusesIntents(t *testing.T) {
	blocked := host("hq", "7")
	first := intent(entity.ActionBlock, blocked, "edge")
	first.Receipt = entity.Receipt{}
	again := intent(entity.ActionBlock, blocked, "edge")
	tests := map[string]struct {
		intents []entity.Intent
		panics  bool
		pauses  bool
	}{
		"a first block":         {[]entity.Intent{first}, true, true},
		"a block that goes on":  {[]entity.Intent{again}, true, false},
		"a renewal":             {[]entity.Intent{intent(entity.ActionRenew, blocked, "edge")}, true, false},
		"a repair":              {[]entity.Intent{intent(entity.ActionRepair, blocked, "edge")}, true, false},
		"a groom":               {[]entity.Intent{intent(entity.ActionGroom, blocked, "edge")}, true, false},
		"a release":             {[]entity.Intent{intent(entity.ActionRelease, blocked, "edge")}, false, false},
		"a release and a block": {[]entity.Intent{intent(entity.ActionRelease, blocked, "edge"), first}, true, true},
	}
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		for name, tt := range tests {
			must(t, other.Stop(t.Context(), journal.StopPause, alice))
			refused(t, name+" while paused", j, tt.intents, tt.pauses, journal.ErrPaused)
			must(t, other.Stop(t.Context(), journal.StopPanic, alice))
			refused(t, name+" in panic", j, tt.intents, tt.panics, journal.ErrPanic)
			must(t, other.Resume(t.Context(), alice))
			refused(t, name+" after resume", j, tt.intents, false, nil)
		}
	})
}

func refused(t *testing.T, name string, j *journal.Journal, intents []entity.Intent, want bool, why error) {
	t.Helper()
	err := j.Begin(t.Context(), intents)
	if errors.Is(err, why) != (want || why == nil) || want == (err == nil) {
		t.Errorf("%s: got %v", name, err)
	}
	if err != nil && (!strings.Contains(err.Error(), "by alice at 2026-11-21 19:18:30 UTC: incident 7") || !strings.Contains(err.Error(), "var resume")) {
		t.Errorf("%s: the refusal says %v", name, err)
	}
	left := leftovers(t, j, "hq")
	if want && len(left) > 0 || !want && len(left) != len(intents) {
		t.Errorf("%s: %d of %d intents were written", name, len(left), len(intents))
	}
	for _, l := range left {
		must(t, j.Recorded(t.Context(), []int64{l.Intent.ID}, nil))
	}
}

func TestStopsOutliveTheirProcess(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		must(t, j.Stop(t.Context(), journal.StopPause, entity.By{Who: "bob", At: epoch}))
		must(t, j.Stop(t.Context(), journal.StopPause, alice))
		j = at.reopen(t, j)
		stops(t, j, journal.Stops{Pause: &alice})
		must(t, j.Stop(t.Context(), journal.StopPanic, alice))
		look, err := at.look(t, "")
		must(t, err)
		stops(t, look, journal.Stops{Pause: &alice, Panic: &alice})
		must(t, j.Resume(t.Context(), alice))
		stops(t, at.reopen(t, j), journal.Stops{})
	})
}

func stops(t *testing.T, j *journal.Journal, want journal.Stops) {
	t.Helper()
	got, err := j.Stops(t.Context())
	must(t, err)
	same(t, "stops", want, got)
}

func TestFactsAreKeptUntilTheyAreForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		for _, value := range []string{"10.0.0.1", "10.0.0.1", "10.0.0.2\x00\xff"} {
			must(t, j.Remember(t.Context(), "resolved:brain", value))
		}
		j = at.reopen(t, j)
		value, ok, err := j.Recall(t.Context(), "resolved:brain")
		must(t, err)
		if !ok || !strings.HasPrefix(value, "10.0.0.2") {
			t.Errorf("recalled %q, %v", value, ok)
		}
		must(t, j.Forget(t.Context(), "resolved:brain"))
		must(t, j.Forget(t.Context(), "resolved:brain"))
		if value, ok, err = j.Recall(t.Context(), "resolved:brain"); ok || err != nil {
			t.Errorf("after it was forgotten: %q, %v, %v", value, ok, err)
		}
	})
}

// A person gives up what a blocker that is no more holds: the record of it goes, with who wanted it in the history.
func TestDroppedHoldingsAreGoneWithTheirIntents(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		gone, stays := holding(host("hq", "7"), "old", "10.0.0.7"), holding(host("hq", "7"), "edge", "10.0.0.7")
		must(t, j.Adopt(t.Context(), []entity.Holding{gone, stays}))
		in := begin(t, j, intent(entity.ActionRelease, gone.Target, "old"), intent(entity.ActionRenew, gone.Target, "edge"))
		must(t, j.Drop(t.Context(), []entity.Holding{gone}, alice))
		same(t, "held", []entity.Holding{stays}, held(t, j))
		same(t, "left", []entity.Leftover{{Intent: in[1]}}, leftovers(t, j, "hq"))
		same(t, "history", []entity.Event{{
			At: epoch, Last: epoch, Times: 1, Action: "forget", Ref: gone.Target.Ref, Name: "pc-7", Blocker: "old",
			Elements: []string{"10.0.0.7"}, By: alice,
		}}, history(t, j, journal.Filter{}))
	})
}
