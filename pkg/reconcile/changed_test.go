package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// crowd is a world in which many hosts are blocked and none is wanted any more.
func crowd(t *testing.T, floor int) *world {
	t.Helper()
	w := newWorld(t)
	w.selection = map[entity.Kind]string{entity.KindHost: "rules 1", entity.KindAccount: "", entity.KindDetection: ""}
	for i := range 5 {
		w.brain.host(fmt.Sprint(i), fmt.Sprint("10.0.0.", i), "block")
	}
	w.good()
	w.policy.Gates = map[entity.Kind]plan.Limits{entity.KindHost: {Floor: floor}}
	for _, e := range w.brain.entities {
		drop(e, "block")
	}
	return w
}

// After an upgrade or a change of the rules, a pass that would release too much is only a plan.
func TestTooMuchAfterAChangeIsOnlyPlanned(t *testing.T) {
	change := map[string]struct {
		happens func(*world)
		says    string
	}{
		"upgrade":   {func(w *world) { w.version = "2" }, "version 1 → 2"},
		"selection": {func(w *world) { w.selection[entity.KindHost] = "rules 2" }, "selection of hosts"},
	}
	for name, c := range change {
		t.Run(name, func(t *testing.T) {
			w := crowd(t, 4)
			c.happens(w)
			for range 2 {
				r := w.good()
				if !r.HeldBack() || len(r.Plan.Gates) == 0 || !strings.Contains(r.Plan.Gates[0].Why, c.says) {
					t.Fatalf("gates %+v", r.Plan.Gates)
				}
				if n := len(w.on("edge")); n != 5 {
					t.Fatalf("%d are blocked, want 5", n)
				}
			}
			by := entity.By{Who: "anna", Reason: "looked at it", At: w.now}
			if r := w.run().Pass(t.Context(), w.source(), reconcile.Options{Force: &by}); r.Failed() || r.HeldBack() {
				t.Fatal(troubles(r))
			}
			same(t, "edge after force", []string(nil), w.on("edge"))
			if told := w.history("force"); len(told) != 1 || told[0].By.Reason != "looked at it" || told[0].Ref.Source != "hq" {
				t.Errorf("the history tells of %+v", told)
			}
			w.idle()
		})
	}
}

func TestFewReleasesAfterAChangeAreMade(t *testing.T) {
	w := crowd(t, 5)
	w.version = "2"
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
}

// A kind that could not be read has not been looked at under the new rules.
func TestAFrozenPassAnswersNoQuestion(t *testing.T) {
	w := crowd(t, 4)
	w.selection[entity.KindHost] = "rules 2"
	w.brain.frozen[entity.KindHost] = "500"
	w.pass()
	clear(w.brain.frozen)
	if r := w.good(); !r.HeldBack() || len(w.on("edge")) != 5 {
		t.Errorf("gates %+v; %d are blocked", r.Plan.Gates, len(w.on("edge")))
	}
}

// A gate is announced once, and again only when it holds back something else.
func TestAGateIsAnnouncedWhenItIsNews(t *testing.T) {
	w := crowd(t, 4)
	w.policy.Gates = map[entity.Kind]plan.Limits{entity.KindHost: {MaxReleases: 2}}
	announced := func(want int) {
		t.Helper()
		if r := w.good(); len(r.Announce) != want || len(r.Plan.Gates) == 0 {
			t.Errorf("%d gates are announced, want %d; tripped are %+v", len(r.Announce), want, r.Plan.Gates)
		}
	}
	announced(1)
	announced(0)
	w.brain.entities[host("1")].tags = append(w.brain.entities[host("1")].tags, "block")
	announced(1)
	announced(0)
	for range 2 { // the second is told in the words of the first, and is another one
		for _, e := range w.brain.entities {
			e.tags = append(e.tags, "block")
		}
		w.good()
		for _, e := range w.brain.entities {
			drop(e, "block")
		}
		announced(1)
	}
	told := w.history("gate")
	if len(told) != 4 {
		t.Errorf("the history tells of %d gates, want 4", len(told))
	}
	for _, e := range told {
		if e.Ref != (entity.Ref{Source: "hq", Kind: entity.KindHost}) || e.Times != 1 {
			t.Errorf("got %+v, want one of hosts of hq that nothing repeats", e)
		}
	}
}

func (w *world) history(action string) []entity.Event {
	w.t.Helper()
	all, err := w.journal.History(context.WithoutCancel(w.t.Context()), journal.Filter{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	var some []entity.Event
	for _, e := range all {
		if e.Action == action {
			some = append(some, e)
		}
	}
	return some
}
