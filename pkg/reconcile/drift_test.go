package reconcile_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// Promise 8: a device that confirms and does nothing is found out by its list.
func TestADeviceThatLiesIsRepairedByTheNextPass(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.devices["edge"].lies = true
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	w.devices["edge"].lies = false
	notes := w.notes("7")
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	same(t, "a repair is worth no note", notes, w.notes("7"))
	w.idle()
}

// idle makes a pass that must not write to anybody.
func (w *world) idle() {
	w.t.Helper()
	w.writes = 0
	w.good()
	if w.writes > 0 {
		w.t.Errorf("an idle pass wrote %d times", w.writes)
	}
}

func TestWhatAnAdminTookOutIsPutBackAndWhatHeAddedStays(t *testing.T) {
	w := blocked(t)
	edge := w.devices["edge"]
	delete(edge.holds, "10.0.0.7")
	edge.holds["10.66.0.1"], edge.owners["10.66.0.1"] = true, "foreign:admin"
	r := w.good()
	same(t, "edge", []string{"10.0.0.7", "10.66.0.1"}, w.on("edge"))
	if len(r.Orphans) > 0 {
		t.Errorf("told of %+v", r.Orphans)
	}
}

// What goes on while a kind is frozen: what is held stays in force.
func TestAFrozenKindIsRepaired(t *testing.T) {
	w := blocked(t)
	clear(w.devices["edge"].holds)
	w.brain.frozen[entity.KindHost] = "page 2: 500"
	w.pass()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	reasons := w.state().Held[1].Reasons
	same(t, "what it is held for", []string{"tag block"}, reasons)
}

// The journal shows that we put it there: somebody put it back, or a device lied when it was taken off.
func TestWhatWePlacedAndNobodyHoldsIsTakenOff(t *testing.T) {
	w := blocked(t)
	drop(w.brain.entities[host("7")], "block")
	w.good()
	w.devices["edge"].holds["10.0.0.7"] = true
	r := w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	if len(r.Orphans) != 2 || !r.Orphans[0].Take || r.Orphans[0].Device != "fw1" {
		t.Errorf("told of %+v", r.Orphans)
	}
	if s := w.state(); len(s.Held)+len(s.Left) > 0 {
		t.Errorf("left in the journal: %+v", s)
	}
}

// A mark alone is no reason while a source may hold it that was never read.
func TestWhatBearsOurMarkIsTakenOffOnceEverySourceWasRead(t *testing.T) {
	w := newWorld(t)
	edge := w.devices["edge"]
	edge.holds["10.0.0.7"], edge.owners["10.0.0.7"] = true, "site-a"
	edge.holds["10.0.0.8"], edge.owners["10.0.0.8"] = true, "site-b"
	edge.holds["10.0.0.9"] = true
	w.sources = []string{hq, "branch"}
	for range 2 {
		r := w.good()
		same(t, "edge while a source is unread", []string{"10.0.0.7", "10.0.0.8", "10.0.0.9"}, w.on("edge"))
		if !slices.ContainsFunc(r.Orphans, func(o plan.Orphan) bool { return o.Element == "10.0.0.7" && !o.Take }) {
			t.Errorf("not told of: %+v", r.Orphans)
		}
	}
	w.brain.frozen[entity.KindAccount] = "500"
	w.sources = []string{hq}
	w.frozenPass()
	branch := reconcile.Source{Name: "branch", Observe: w.branch, Record: w.brain}
	w.sources = []string{hq, "branch"}
	if r := w.run().Pass(t.Context(), branch, reconcile.Options{}); r.Fatal != nil {
		t.Fatal(r.Fatal)
	}
	clear(w.brain.frozen)
	w.good()
	same(t, "edge once both were read", []string{"10.0.0.8", "10.0.0.9"}, w.on("edge"))
}

// frozenPass makes a pass whose only trouble is a frozen kind.
func (w *world) frozenPass() {
	w.t.Helper()
	if r := w.pass(); r.Fatal != nil || r.Err != nil {
		w.t.Fatal(troubles(r))
	}
}

func (w *world) branch(ctxt, []entity.Ref) plan.Observation {
	return plan.Observation{Source: "branch", Read: []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}}
}

// Another process began to block it and was not seen to end: whoever reads that source settles it.
func TestWhatAnIntentMayHavePutThereIsNoOrphan(t *testing.T) {
	w := newWorld(t)
	w.good()
	edge := w.devices["edge"]
	edge.holds["10.0.0.7"], edge.owners["10.0.0.7"] = true, "site-a"
	target := entity.Target{Ref: entity.Ref{Source: "branch", Kind: entity.KindHost, ID: "7"}, Host: &entity.Host{IP: "10.0.0.7"}}
	intent := []entity.Intent{{Action: entity.ActionBlock, Target: target, Blocker: "edge", Elements: []string{"10.0.0.7"}, At: w.now}}
	if err := w.journal.Begin(t.Context(), intent); err != nil {
		t.Fatal(err)
	}
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// A sweep that died is no obstacle: what it began is found again, or was done.
func TestAnInterruptedSweepIsForgotten(t *testing.T) {
	w := newWorld(t)
	intent := []entity.Intent{{
		Action: entity.ActionRelease, Target: entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, Blocker: "edge", Elements: []string{"10.0.0.7"}, At: w.now,
	}}
	if err := w.journal.Begin(t.Context(), intent); err != nil {
		t.Fatal(err)
	}
	w.good()
	if s := w.state(); len(s.Held)+len(s.Left) > 0 {
		t.Errorf("left in the journal: %+v", s)
	}
}

// After a restart, or under another serial, nothing that a device says of itself is taken for sure.
func TestEverythingIsAssertedAgainOnADeviceThatStartedOrIsAnother(t *testing.T) {
	change := map[string]func(*device){
		"restarted":      func(d *device) { d.booted = epoch.Add(30 * time.Minute) },
		"another serial": func(d *device) { d.serial = "FG-2" },
	}
	for name, happens := range change {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			edge := w.devices["edge"]
			edge.serial, edge.booted = "FG-1", epoch.Add(-time.Hour)
			w.brain.host("7", "10.0.0.7", "block")
			w.good()
			w.now = epoch.Add(time.Hour)
			w.idle()
			happens(edge)
			edge.fail["10.0.0.7"] = errUnreachable
			if r := w.pass(); !r.Failed() {
				t.Error("what could not be asserted is no failure")
			}
			clear(edge.fail)
			w.now = epoch.Add(2 * time.Hour)
			w.writes = 0
			w.good()
			if w.writes != 1 {
				t.Errorf("%d writes, want 1: what is held is asserted again", w.writes)
			}
			w.now = epoch.Add(3 * time.Hour)
			w.idle()
		})
	}
}

// One list per blocker, however many passes and the sweep want it.
func TestDevicesAreListedOnceARound(t *testing.T) {
	w := blocked(t)
	r := w.run()
	before := w.devices["edge"].lists
	lists := r.NewLists(true)
	for _, src := range []reconcile.Source{w.source(), {Name: "branch", Observe: w.branch}} {
		if report := r.Pass(t.Context(), src, reconcile.Options{Lists: lists}); report.Failed() {
			t.Fatal(troubles(report))
		}
	}
	r.Sweep(t.Context(), reconcile.Options{Lists: lists})
	if n := w.devices["edge"].lists - before; n != 1 {
		t.Errorf("listed %d times, want once", n)
	}
	lists = r.NewLists(false)
	r.Pass(t.Context(), w.source(), reconcile.Options{Lists: lists})
	r.Sweep(t.Context(), reconcile.Options{Lists: lists})
	if n := w.devices["edge"].lists - before; n != 1 {
		t.Errorf("a round that does not compare listed %d times", n-1)
	}
}

// A device that cannot be read says nothing of what it holds, and its blocker is told of.
func TestADeviceThatCannotBeListedIsToldAndReleasesNothing(t *testing.T) {
	w := blocked(t)
	r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return down{e} })
	if !r.Failed() || r.Fatal != nil || len(r.Results) > 0 {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// halfDown is a blocker of which one device does not show what it holds.
type halfDown struct {
	dispatch.Enforcer
	why error
}

func (h halfDown) List(ctx context.Context) ([]entity.Inventory, error) {
	all, err := h.Enforcer.List(ctx)
	all[0] = entity.Inventory{Device: all[0].Device, Err: h.why}
	return all, err
}

// Nothing is to be done, and still nobody may take it that all is well: on one device nobody knows.
func TestOneDeviceThatCannotBeReadIsTold(t *testing.T) {
	w := blocked(t)
	r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return halfDown{e, errUnreachable} })
	if text := troubles(r); !r.Failed() || r.Fatal != nil || len(r.Results) > 0 || !strings.Contains(text, "fw1 of blocker edge cannot be read") {
		t.Errorf("the pass says %s", text)
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	r = w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return halfDown{e, errMute} })
	if r.Failed() {
		t.Errorf("of a device that never shows what it holds the pass says %s", troubles(r))
	}
}
