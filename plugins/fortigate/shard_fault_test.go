package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// mishaps are what befalls a request in the middle of a batch: alone, or with all that come after it.
var mishaps = map[string]lab.Fault{
	"dropped":               {What: lab.DropAfter, Times: 1},
	"reset":                 {What: lab.Reset, Times: 1},
	"500":                   {What: lab.AnswerStatus, Status: http.StatusInternalServerError, Times: 1},
	"refused as full":       {What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-4}`, Times: 1},
	"refused as dangling":   {What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-651}`, Times: 1},
	"refused as in use":     {What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-23}`, Times: 1},
	"gone from then on":     {What: lab.Reset},
	"unheard from then on":  {What: lab.DropAfter},
	"rights lost from then": {What: lab.AnswerStatus, Status: http.StatusForbidden},
}

// inhabited is a device with nested groups of three, where an administrator and a second installation have members.
func inhabited(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 1, func(s *settings, c *lab.FortiGateConfig) { s.MemberLimit = 4 })
	w.change(w.gates[0], "fill", `{"count":3,"prefix":"theirs-"}`)
	w.change(w.gates[0], "add-members", `{"group":"Internal-Block","members":["theirs-00000"]}`)
	for _, o := range w.open("edge", "site-b", requestTimeout).BlockAll(t.Context(), hosts(4)) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	w.alien = w.shards()
	return w
}

// acting are the objects that act through a group: those whose comment has a text, or all others.
func (w *world) acting(group, text string, with bool) []string {
	state, names := w.holds(0), map[string]bool{}
	var visit func(string)
	visit = func(group string) {
		for _, m := range state.Groups[group] {
			if a, ok := state.Addresses[m]; ok && strings.Contains(a.Comment, text) == with {
				names[m] = true
			}
			visit(m)
		}
	}
	visit(group)
	return slices.Sorted(maps.Keys(names))
}

func (w *world) oursActing() []string   { return w.acting("Internal-Block", "owner="+owner, true) }
func (w *world) othersActing() []string { return w.acting("Internal-Block", "owner="+owner, false) }

// objects are ours on the device, in whatever group or none.
func (w *world) objects() (names []string) {
	for name, a := range w.holds(0).Addresses {
		if strings.Contains(a.Comment, "owner="+owner) {
			names = append(names, name)
		}
	}
	return names
}

// told holds what a batch said of each target against what is there.
func (w *world) told(t *testing.T, ts []entity.Target, outcomes []blocker.Outcome) {
	t.Helper()
	acting := w.oursActing()
	for i, o := range outcomes {
		object := w.objectOf(ts[i].Host.IP)
		if o.Err == nil && !slices.Contains(acting, object) {
			t.Errorf("%s is told as blocked and does not act", ts[i].Ref)
		}
		if len(o.Receipt.Elements) == 0 && object != "" {
			t.Errorf("the receipt of %s misses its object", ts[i].Ref)
		}
	}
}

// everyRequest runs an attempt with each request of it in turn befallen by each mishap, until none is left to befall;
// with -short with every fourth of them: they go the same way through the same goroutines.
func everyRequest(t *testing.T, attempt func(t *testing.T, w *world, befall func())) {
	step := 1
	if testing.Short() {
		step = 4
	}
	for name, mishap := range mishaps {
		for k, befallen := 0, true; befallen; k += step {
			t.Run(fmt.Sprintf("%s/%d", name, k), func(t *testing.T) {
				w := inhabited(t)
				others := w.othersActing()
				mishap.Skip = k
				attempt(t, w, func() {
					w.resetCounters()
					w.fault(0, mishap)
				})
				if diff := cmp.Diff(others, w.othersActing()); diff != "" {
					t.Error("what is not ours:", diff)
				}
				befallen = k < w.asked
			})
		}
	}
}

// heal ends a befallen attempt: it notes how many requests it made, and heals the device.
func (w *world) heal() {
	w.asked = w.requests(0, true) + w.requests(0, false)
	w.fault(0)
}

func TestABlockThatBreaksOffAnywhereIsToldAndCompleted(t *testing.T) {
	everyRequest(t, func(t *testing.T, w *world, befall func()) {
		targets := hosts(7)
		befall()
		outcomes := w.BlockAll(t.Context(), targets)
		w.told(t, targets, outcomes)
		w.heal()
		rs := w.mustBlock(targets...)
		if got := len(w.oursActing()); got != 7 {
			t.Errorf("%d act after the next block, want 7", got)
		}
		w.mustUnblock(rs...)
		if got := w.objects(); len(got) != 0 {
			t.Errorf("the release leaves %q", got)
		}
	})
}

func TestABlockThatBreaksOffAnywhereIsReleased(t *testing.T) {
	everyRequest(t, func(t *testing.T, w *world, befall func()) {
		befall()
		var rs []blocker.Release
		for i, o := range w.BlockAll(t.Context(), hosts(6)) {
			rs = append(rs, blocker.Release{Target: hosts(6)[i], Receipt: o.Receipt})
		}
		w.heal()
		w.mustUnblock(rs...)
		if got := append(w.objects(), w.oursActing()...); len(got) != 0 {
			t.Errorf("the release leaves %q", got)
		}
	})
}

func TestAReleaseThatBreaksOffAnywhereIsToldAndCompleted(t *testing.T) {
	for _, wantedAgain := range []bool{false, true} {
		everyRequest(t, func(t *testing.T, w *world, befall func()) {
			targets := hosts(6)
			rs := w.mustBlock(targets...)
			befall()
			w.releasing(t, rs)
			w.heal()
			if wantedAgain {
				w.mustBlock(targets...)
				if got := len(w.oursActing()); got != 6 {
					t.Errorf("%d act after they were blocked again, want 6", got)
				}
			}
			w.mustUnblock(rs...)
			if got := append(w.objects(), w.oursActing()...); len(got) != 0 {
				t.Errorf("the release leaves %q", got)
			}
		})
	}
}

// releasing releases, and holds what is said of each against what is there: an object that somebody uses stays, but
// in no group of ours.
func (w *world) releasing(t *testing.T, rs []blocker.Release) {
	t.Helper()
	errs := w.UnblockAll(t.Context(), rs)
	members := fmt.Sprint(w.holds(0).Groups)
	for i, err := range errs {
		if o := w.objectOf(rs[i].Target.Host.IP); err == nil && o != "" && strings.Contains(members, o) {
			t.Errorf("%s is told as released and is a member", rs[i].Target.Ref)
		}
	}
}

// objectOf is the object of ours for an address, if it is there.
func (w *world) objectOf(ip string) string {
	for _, name := range w.objects() {
		if strings.HasSuffix(name, "-"+ip) {
			return name
		}
	}
	return ""
}
