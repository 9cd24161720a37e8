package reconcile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

var errRefused = errors.New("422: the brain refuses the tag")

func (w *world) tags(id string) []string {
	return slices.Sorted(slices.Values(w.brain.entities[host(id)].tags))
}

func (w *world) notes(id string) []string { return w.brain.entities[host(id)].notes }

func (w *world) on(blocker string) []string { return w.state().Devices[blocker] }

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// blocked is a world in which host 7 is blocked on both blockers.
func blocked(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "vip", "block")
	w.good()
	return w
}

func TestABlockStandsOnTheDevicesInTheBrainAndInTheJournal(t *testing.T) {
	w := blocked(t)
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7", "VAR ID:PAN Client:10.0.0.7", "block", "vip"}, w.tags("7"))
	same(t, "notes", []string{"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on dc, edge: tag block"}, w.notes("7"))
	for _, h := range w.state().Held {
		if h.State != entity.Complete || h.Target.Host.IP != "10.0.0.7" || slices.Contains(h.Target.Tags, "VAR Host Blocked") {
			t.Errorf("held %+v", h)
		}
	}
}

// Promise 10.
func TestAnIdlePassWritesNothing(t *testing.T) {
	w := busy(t)
	w.pass()
	before := w.state()
	w.writes = 0
	for range 2 {
		if r := w.pass(); !r.Plan.Empty() {
			t.Errorf("the idle pass plans %+v", r.Plan.Items)
		}
	}
	if w.writes > 0 {
		t.Errorf("idle passes wrote %d times", w.writes)
	}
	same(t, "state", before, w.state())
}

func TestAReleaseLeavesNothingOfOurs(t *testing.T) {
	for name, why := range map[string]struct {
		happens func(*world)
		tags    []string
		note    string
	}{
		"the tag is taken off": {func(w *world) { drop(w.brain.entities[host("7")], "block") }, []string{"vip"}, "no rule matches"},
		"no-block group":       {func(w *world) { w.brain.noBlock["7"] = true }, []string{"block", "vip"}, "no-block group NoBlock"},
	} {
		t.Run(name, func(t *testing.T) {
			w := blocked(t)
			why.happens(w)
			w.good()
			same(t, "edge", []string(nil), w.on("edge"))
			same(t, "dc", []string(nil), w.on("dc"))
			same(t, "tags", why.tags, w.tags("7"))
			same(t, "last note", "VAR: Unblocked on 21 Nov 2026 at 19:18:30 UTC on dc, edge: "+why.note, w.notes("7")[1])
			same(t, "held", []entity.Holding(nil), w.state().Held)
		})
	}
}

func TestBUG21TheReleaseTagHoldsOverPasses(t *testing.T) {
	w := blocked(t)
	w.policy.ExplicitUnblock = true
	e := w.brain.entities[host("7")]
	e.tags = append(e.tags, "unblock")
	for range 3 {
		w.good()
		same(t, "edge", []string(nil), w.on("edge"))
		same(t, "tags", []string{"unblock", "vip"}, w.tags("7"))
	}
	drop(e, "unblock")
	w.good()
	same(t, "edge without the release tag", []string(nil), w.on("edge"))
	taken := func(n string) bool {
		return strings.HasPrefix(n, "VAR: Tag block taken off on 21 Nov 2026 at 19:18:30 UTC")
	}
	if len(w.notes("7")) != 3 || !slices.ContainsFunc(w.notes("7"), taken) {
		t.Errorf("notes %q", w.notes("7"))
	}
}

func TestWhatIsGoneIsReleasedWithoutTouchingTheBrain(t *testing.T) {
	w := blocked(t)
	w.brain.entities[host("7")].gone = true
	tags := w.tags("7")
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "tags", tags, w.tags("7"))
	if n := len(w.notes("7")); n != 1 {
		t.Errorf("notes %q", w.notes("7"))
	}
}

func TestBUG23AMovedHostIsBlockedAnewBeforeItsOldAddressIsFree(t *testing.T) {
	w := blocked(t)
	w.brain.entities[host("7")].target.Host = &entity.Host{IP: "10.0.0.77"}
	w.good()
	same(t, "edge without grooming", []string{"10.0.0.7"}, w.on("edge"))
	w.policy.Groom = true
	w.devices["edge"].fail["10.0.0.77"] = errors.New("500")
	if r := w.pass(); !r.Failed() {
		t.Error("a move that failed is no failure")
	}
	same(t, "edge when the new address fails", []string{"10.0.0.7"}, w.on("edge"))
	same(t, "dc", []string{"10.0.0.77"}, w.on("dc"))
	clear(w.devices["edge"].fail)
	w.good()
	same(t, "edge", []string{"10.0.0.77"}, w.on("edge"))
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.77", "VAR ID:PAN Client:10.0.0.77", "block", "vip"}, w.tags("7"))
	same(t, "note", "VAR: Unblocked due to grooming on 21 Nov 2026 at 19:18:30 UTC on dc: moved 10.0.0.7 to 10.0.0.77; tag block", w.notes("7")[1])
}

// The predecessor grooms with a client that answers nothing, and dies.
func TestBUG07GroomingAsksOnlyForElements(t *testing.T) {
	w := blocked(t)
	w.policy.Groom = true
	w.writes = 0
	w.good()
	if w.writes > 0 {
		t.Errorf("grooming what has not moved wrote %d times", w.writes)
	}
}

// BUG-2: the predecessor died on every detection.
func TestBUG02DetectionsAreBlockedAndReleased(t *testing.T) {
	w := newWorld(t)
	e := w.brain.detection("3", many(2), "block")
	w.good()
	same(t, "edge", many(2), w.on("edge"))
	same(t, "tags", []string{"VAR Detection Blocked", "VAR ID:Fortinet Client:x00.example", "VAR ID:Fortinet Client:x01.example", "block"}, slices.Sorted(slices.Values(e.tags)))
	drop(e, "block")
	w.good()
	same(t, "edge after", []string(nil), w.on("edge"))
}

// BUG-36: two holders of one address, within a brain and between a detection and a static line.
func TestBUG36ASharedElementLeavesWithItsLastHolder(t *testing.T) {
	w := blocked(t)
	w.brain.host("8", "10.0.0.7", "block")
	d := w.brain.detection("3", []string{"x00.example"}, "block")
	static := reconcile.Source{Name: entity.SourceStatic, Observe: staticLine("x00.example")}
	w.good()
	if r := w.run().Pass(t.Context(), static, reconcile.Options{}); r.Failed() {
		t.Fatal(troubles(r))
	}
	drop(w.brain.entities[host("7")], "block")
	drop(d, "block")
	w.good()
	same(t, "edge while others hold them", []string{"10.0.0.7", "x00.example"}, w.on("edge"))
	drop(w.brain.entities[host("8")], "block")
	w.good()
	if r := w.run().Pass(t.Context(), reconcile.Source{Name: entity.SourceStatic, Observe: staticLine()}, reconcile.Options{}); r.Failed() {
		t.Fatal(troubles(r))
	}
	same(t, "edge in the end", []string(nil), w.on("edge"))
}

// Promise 7: a host that is blocked on one and failed on the other is still to be blocked there.
func TestBUG15WhatFailedOnOneBlockerIsTriedAgainThere(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.brain.host("8", "10.0.0.8", "block")
	w.devices["dc"].fail["10.0.0.7"] = errors.New("dc is down")
	if r := w.pass(); !r.Failed() || r.Fatal != nil || r.Err != nil {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "edge", []string{"10.0.0.7", "10.0.0.8"}, w.on("edge"))
	same(t, "dc", []string{"10.0.0.8"}, w.on("dc"))
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7", "block"}, w.tags("7"))
	clear(w.devices["dc"].fail)
	w.good()
	same(t, "dc caught up", []string{"10.0.0.7", "10.0.0.8"}, w.on("dc"))
	same(t, "notes", []string{
		"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag block", "VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on dc: tag block",
	}, w.notes("7"))
}

// Promise 8: in part is recorded, told as such, and blocked again.
func TestBUG16WhatIsDoneInPartIsToldAndRepeated(t *testing.T) {
	w := newWorld(t)
	w.brain.detection("3", many(2), "block")
	ref := entity.Ref{Source: hq, Kind: entity.KindDetection, ID: "3"}
	w.devices["edge"].fail["x01.example"] = &entity.Error{Class: entity.Transient, Device: "fw2", Err: errors.New("500")}
	if r := w.pass(); !r.Failed() {
		t.Error("in part is no failure")
	}
	if h := w.state().Held[0]; h.State != entity.Partial || !slices.Equal(h.Missing, []string{"fw2"}) || !slices.Equal(h.Devices, []string{"fw1"}) {
		t.Errorf("held %+v", h)
	}
	notes := w.brain.entities[ref].notes
	same(t, "note", []string{"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge (in part): tag block"}, notes)
	clear(w.devices["edge"].fail)
	w.good()
	if h := w.state().Held[0]; h.State != entity.Complete || len(h.Receipt.Elements) != 2 {
		t.Errorf("held %+v", h)
	}
}

// What a plugin cannot do is shown and does not make the pass fail; nothing is written down as held.
func TestWhatAPluginCannotDoIsNoFailure(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "2001:db8::7", "block")
	w.devices["dc"].fail["2001:db8::7"] = &entity.Error{Class: entity.Unsupported, Err: errors.New("no IPv6")}
	w.good()
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:2001:db8::7", "block"}, w.tags("7"))
	w.writes = 0
	if r := w.good(); len(r.Results) > 0 || w.writes > 0 {
		t.Errorf("asked again: %+v", r.Results)
	}
}

// BUG-14: on the devices but not tagged, nothing ever released it; and the rest of the pass was lost.
func TestBUG14ABrainThatRefusesLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.brain.host("8", "10.0.0.8", "block")
	w.brain.refuse["VAR Host Blocked"] = errRefused
	w.brain.refuse["note"] = &entity.Error{Class: entity.Transient, Err: errors.New("429")}
	r := w.pass()
	if !r.Failed() || r.Notes != 2 || !errors.Is(r.Err, errRefused) {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "edge", []string{"10.0.0.7", "10.0.0.8"}, w.on("edge"))
	clear(w.brain.refuse)
	w.good()
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7", "VAR ID:PAN Client:10.0.0.7", "block"}, w.tags("7"))
	same(t, "notes", []string{"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on dc, edge: tag block"}, w.notes("7"))
}

// The tags of what was released may not come off at once: they are no receipts meanwhile.
func TestTagsThatStayBehindAreNotAdopted(t *testing.T) {
	w := blocked(t)
	drop(w.brain.entities[host("7")], "block")
	w.brain.refuse["VAR ID:PAN Client:10.0.0.7"] = errRefused
	for range 2 {
		if r := w.pass(); !r.Failed() {
			t.Error("tags that do not come off are no failure")
		}
		same(t, "held", []entity.Holding(nil), w.state().Held)
		if n := len(w.notes("7")); n != 1 {
			t.Errorf("told before the tags say so: %q", w.notes("7"))
		}
	}
	clear(w.brain.refuse)
	w.good()
	same(t, "tags", []string{"vip"}, w.tags("7"))
	if n := len(w.notes("7")); n != 2 {
		t.Errorf("notes %q", w.notes("7"))
	}
}

// While its kind is frozen nobody can say that an entity's tags are right.
func TestAReleaseIsToldOnlyWhenItsTagsCouldBeSeen(t *testing.T) {
	w := blocked(t)
	drop(w.brain.entities[host("7")], "block")
	w.brain.refuse["VAR Host Blocked"] = errRefused
	w.pass()
	clear(w.brain.refuse)
	w.brain.frozen[entity.KindHost] = "page 2: 500"
	if r := w.pass(); !r.Failed() {
		t.Error("a frozen kind is no failure")
	}
	clear(w.brain.frozen)
	w.good()
	same(t, "held", []entity.Holding(nil), w.state().Held)
	same(t, "tags", []string{"vip"}, w.tags("7"))
	if n := len(w.notes("7")); n != 2 {
		t.Errorf("notes %q", w.notes("7"))
	}
}

// A note on a block tag is written when the tag is off, and not when it may stay after all.
func TestANoteOnATagIsTrue(t *testing.T) {
	for _, changed := range []bool{false, true} {
		w := blocked(t)
		e := w.brain.entities[host("7")]
		e.tags = append(e.tags, "unblock")
		w.brain.refuse["block"] = errRefused
		if r := w.pass(); r.Notes == 0 {
			t.Error("the note does not wait")
		}
		clear(w.brain.refuse)
		if changed {
			drop(e, "unblock")
		}
		w.good()
		told := slices.ContainsFunc(w.notes("7"), func(n string) bool { return strings.HasPrefix(n, "VAR: Tag block taken off") })
		if told == slices.Contains(w.tags("7"), "block") {
			t.Errorf("tags %q, notes %q", w.tags("7"), w.notes("7"))
		}
	}
}

func TestAPreviewChangesNothing(t *testing.T) {
	w := busy(t)
	before, writes := w.state(), w.writes
	run := w.run()
	r := run.Preview(t.Context(), w.source(), reconcile.Options{Lists: run.NewLists(true)})
	if r.Plan.Empty() || r.Strays["Retired Client"] != 1 || len(r.Results) > 0 {
		t.Errorf("preview %+v", r)
	}
	same(t, "state", before, w.state())
	if w.writes != writes {
		t.Error("a preview wrote")
	}
	done := w.pass()
	if diff := cmp.Diff(r.Plan, done.Plan, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the pass does not do what its preview said:\n%s", diff)
	}
}

func TestAPassSaysWhenItCannotBeMade(t *testing.T) {
	w := busy(t)
	for cut := 1; cut < 4; cut++ {
		w.life = &life{cut: cut}
		if r := w.run().Preview(t.Context(), w.source(), reconcile.Options{}); cut < 2 && (r.Fatal == nil || !r.Failed()) {
			t.Errorf("dead at step %d, the preview says %s", cut, troubles(r))
		}
		w.life = &life{cut: cut}
		if r := w.pass(); r.Fatal == nil || !r.Failed() {
			t.Errorf("dead at step %d, the pass says %s", cut, troubles(r))
		}
	}
}

func TestTheProgressIsTold(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	r, told := w.run(), 0
	r.Progress = func(source string, items int) { told = items }
	r.Pass(t.Context(), w.source(), reconcile.Options{})
	if told != 2 {
		t.Errorf("%d items at hand, want 2", told)
	}
}

func TestAStrandedHoldingMakesThePassFail(t *testing.T) {
	w := blocked(t)
	w.without = []string{"dc"}
	w.labels = []string{"Fortinet Client"}
	if r := w.pass(); !r.Failed() || r.Fatal != nil {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	if !slices.Contains(w.tags("7"), "VAR ID:PAN Client:10.0.0.7") {
		t.Errorf("tags %q", w.tags("7"))
	}
}

func staticLine(lines ...string) func(ctxt, []entity.Ref) plan.Observation {
	return func(_ ctxt, held []entity.Ref) plan.Observation {
		obs := plan.Observation{Source: entity.SourceStatic, Read: []entity.Kind{entity.KindStatic}}
		for _, ref := range held {
			if !slices.Contains(lines, ref.ID) {
				obs.Gone = append(obs.Gone, ref)
			}
		}
		for _, l := range lines {
			obs.Seen = append(obs.Seen, plan.Seen{
				Target:  entity.Target{Ref: entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: l}, Static: &entity.Static{Destination: l}},
				Matches: []plan.Reason{{Rule: plan.RuleStatic}},
			})
		}
		return obs
	}
}
