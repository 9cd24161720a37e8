package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// busy is a world in the middle of its life in which the next pass has one of everything to do.
func busy(t *testing.T) *world {
	w := newWorld(t)
	b := w.brain
	for i, ip := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.2", "10.0.0.9"} {
		b.host(fmt.Sprint(i+1), ip, "block", "vip")
	}
	b.entities[host("1")].tags = []string{"vip"}
	b.host("13", "10.0.0.13", "block")
	b.host("16", "10.0.0.16", "block")
	b.host("90", "10.0.0.90", "block")
	w.order(b.host("15", "10.0.0.15"), entity.VerbBlock, epoch.Add(-time.Minute), "")
	w.now = epoch.Add(-time.Hour)
	w.devices["dc"].fail["10.0.0.4"] = errors.New("500")
	if r := w.pass(); !r.Failed() {
		t.Fatal("a device failed and nobody noticed")
	}
	delete(w.devices["dc"].fail, "10.0.0.4")
	w.now = epoch
	w.driftAndOrders()

	w.policy.Groom = true
	b.entities[host("1")].tags = []string{"vip", "block"}                             // to be blocked
	drop(b.entities[host("2")], "block")                                              // to be released; host 8 has the same address
	b.entities[host("3")].target.Host = &entity.Host{IP: "10.0.0.33"}                 // to be moved; host 4 is held in part
	b.entities[host("5")].tags = append(b.entities[host("5")].tags, "unblock")        // to lose its block tag
	b.noBlock["6"], b.entities[host("7")].gone = true, true                           // to be released, one without tags
	b.host("10", "10.0.0.10", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.10") // the predecessor's, unwanted
	b.host("11", "10.0.0.11", "block", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.11", "VAR ID:PAN Client:10.0.0.11")
	w.devices["edge"].holds["10.0.0.10"], w.devices["edge"].holds["10.0.0.11"], w.devices["dc"].holds["10.0.0.11"] = true, true, true
	b.host("12", "10.0.0.12", "VAR Host Blocked", "VAR ID:Retired Client:10.0.0.12") // a label that nobody has
	b.detection("20", many(25), "block")
	b.detection("21", []string{strings.Repeat("x", 250)}, "block")
	return w
}

// driftAndOrders has an admin and persons interfere.
func (w *world) driftAndOrders() {
	b := w.brain
	drop(b.entities[host("90")], "block")
	b.frozen[entity.KindDetection] = "not now"
	w.only("90")
	clear(b.frozen)
	w.devices["edge"].holds["10.0.0.90"] = true // a device lied when it was taken off
	delete(w.devices["dc"].holds, "10.0.0.13")  // an admin took it out
	w.devices["dc"].holds["10.66.0.1"] = true   // an admin put it in
	w.order(b.host("14", "10.0.0.14"), entity.VerbBlock, time.Time{}, "")
	w.order(b.entities[host("16")], entity.VerbSpare, epoch.Add(time.Hour), "unblock")
	w.order(b.host("17", "10.0.0.17", "unblock"), entity.VerbSpare, epoch, "unblock")
}

// only makes a pass that does nothing but what concerns one host.
func (w *world) only(id string) {
	w.t.Helper()
	w.onlyWith(id, func(e dispatch.Enforcer) dispatch.Enforcer { return e })
}

func (w *world) onlyWith(id string, wrap func(dispatch.Enforcer) dispatch.Enforcer) {
	w.t.Helper()
	o := reconcile.Options{Only: func(it plan.Item) bool { return it.Target.Ref == host(id) }}
	if r := w.runWith(wrap).Pass(w.t.Context(), w.source(), o); r.Fatal != nil {
		w.t.Fatal(r.Fatal)
	}
}

func (w *world) order(e *analysts, verb entity.Verb, until time.Time, tag string) {
	w.t.Helper()
	o := entity.Order{Target: e.target, Verb: verb, Until: until, Tag: tag, By: entity.By{Who: "anna", Reason: "ticket 7", At: w.now}}
	if err := w.journal.Order(w.t.Context(), o); err != nil {
		w.t.Fatal(err)
	}
}

func drop(e *analysts, tag string) {
	e.tags = slices.DeleteFunc(e.tags, func(t string) bool { return t == tag })
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("x%02d.example", i)
	}
	return out
}

func differ(want, got state) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

// Promise 3: kill the process at any step; the next pass ends in the same state as if nothing had happened.
func TestDyingAnywhereChangesNothingOfTheEnd(t *testing.T) {
	calm := busy(t)
	start := calm.life.steps
	if r := calm.pass(); r.Fatal != nil || r.Err != nil {
		t.Fatal(troubles(r))
	}
	steps, want := calm.life.steps-start, calm.state()
	if steps < 100 {
		t.Fatalf("a busy pass has %d steps only", steps)
	}
	for cut := 0; cut < steps; cut += stride(t) {
		w := busy(t)
		w.life = &life{cut: cut + 1}
		w.pass()
		w.life = &life{}
		w.pass()
		if diff := differ(want, w.state()); diff != "" {
			t.Fatalf("after dying at step %d of %d and one more pass (-want +got):\n%s", cut+1, steps, diff)
		}
		w.writes = 0
		w.pass()
		if w.writes > 0 {
			t.Fatalf("after dying at step %d, an idle pass wrote %d times", cut+1, w.writes)
		}
	}
}

// stride is 1: the race detector, which sees the same in each, may look at some.
func stride(t *testing.T) int {
	t.Helper()
	if testing.Short() {
		return 9
	}
	return 1
}

// Two deaths in a row are no different from one.
func TestDyingTwiceChangesNothingOfTheEnd(t *testing.T) {
	calm := busy(t)
	calm.pass()
	want := calm.state()
	for cut := 7; cut < 150; cut += 23 * stride(t) {
		for second := 5; second < 120; second += 29 * stride(t) {
			w := busy(t)
			for _, at := range []int{cut, second, 0} {
				w.life = &life{cut: at}
				w.pass()
			}
			if diff := differ(want, w.state()); diff != "" {
				t.Fatalf("after dying at step %d, then at %d (-want +got):\n%s", cut, second, diff)
			}
		}
	}
}

// tardy is a journal that writes an intent only once the device was touched.
type tardy struct {
	*mortal
	mu   sync.Mutex
	next int64
}

func (t *tardy) Begin(_ context.Context, intents []entity.Intent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range intents {
		t.next--
		intents[i].ID = t.next
	}
	return nil
}

func (t *tardy) Settle(ctx context.Context, ends []entity.Settlement) error {
	intents := make([]entity.Intent, len(ends))
	for i, s := range ends {
		intents[i] = s.Intent
	}
	if err := t.mortal.Begin(ctx, intents); err != nil {
		return err
	}
	for i := range ends {
		ends[i].Intent.ID = intents[i].ID
	}
	return t.mortal.Settle(ctx, ends)
}

// The test above is worth something: it notices when an intent comes after the device.
func TestAnIntentThatComesTooLateIsNoticed(t *testing.T) {
	wanted := func() *world {
		w := newWorld(t)
		w.brain.host("7", "10.0.0.7", "vip", "block")
		w.without = []string{"dc"} // of two at once it may be the other one that dies, each time
		return w
	}
	for cut := 1; cut < 60; cut++ {
		w := wanted()
		w.life, w.late = &life{cut: cut}, true
		w.pass()
		w.life, w.late = &life{}, false
		drop(w.brain.entities[host("7")], "block")
		w.pass()
		if len(w.on("edge")) > 0 {
			return
		}
	}
	t.Error("wherever it dies, nothing is left on a device")
}
