package reconcile_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

var anna = entity.By{Who: "anna", Reason: "mail is down", At: epoch}

func (w *world) panic(blockers ...string) []reconcile.Withdrawal {
	w.t.Helper()
	if err := w.journal.Stop(w.t.Context(), journal.StopPanic, anna); err != nil {
		w.t.Fatal(err)
	}
	all, err := w.run().Withdraw(w.t.Context(), blockers, anna, time.Hour) // no machine is so slow
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) resume() {
	w.t.Helper()
	if err := w.journal.Resume(w.t.Context(), anna); err != nil {
		w.t.Fatal(err)
	}
}

// stopped is a world whose runs know what the journal says of panic.
func (w *world) told() {
	stops, err := w.journal.Stops(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.stops = plan.Stops{}
	if stops.Panic != nil {
		w.stops.Panic = stops.Panic.Who
	}
}

func TestAPanicTakesEverythingOfOursOffAndNothingElse(t *testing.T) {
	w := busy(t)
	w.pass()
	w.devices["dc"].holds["10.66.0.2"] = true
	for _, done := range w.panic() {
		if done.Failed() || len(done.Devices) == 0 || done.Devices[0].Left > 0 || done.Devices[0].Off == 0 {
			t.Errorf("%s: %+v, error %v", done.Blocker, done.Devices, done.Err)
		}
	}
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "dc", []string{"10.66.0.1", "10.66.0.2"}, w.on("dc"))
	if held := w.state().Held; len(held) > 0 {
		t.Errorf("still held: %+v", held)
	}
}

// After a panic nothing is blocked until somebody says resume, whatever a running or a later pass wants.
func TestNothingIsBlockedAfterAPanicUntilResume(t *testing.T) {
	w := blocked(t)
	w.panic()
	for _, knows := range []bool{false, true, true} { // a running pass has not seen the flag when it planned
		if knows {
			w.told()
		}
		r := w.good()
		if !r.HeldBack() {
			t.Error("nobody says that it is held back")
		}
		same(t, "edge", []string(nil), w.on("edge"))
	}
	same(t, "tags", []string{"block", "vip"}, w.tags("7"))
	if note := w.notes("7")[1]; !strings.Contains(note, "Unblocked") || !strings.Contains(note, "panic by anna: mail is down") {
		t.Errorf("note %q", note)
	}
	w.resume()
	w.told()
	w.good()
	same(t, "edge after resume", []string{"10.0.0.7"}, w.on("edge"))
}

func TestAPanicMayNameItsBlockers(t *testing.T) {
	w := blocked(t)
	w.panic("dc")
	same(t, "dc", []string(nil), w.on("dc"))
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// A pass is in the middle of a block when panic is called, does not end, and holds the lease: what it began is taken
// off, and when it ends after all, nothing of it counts.
func TestABlockInFlightLeavesNothingAfterAPanic(t *testing.T) {
	for name, late := range map[string]bool{"it has reached the device": false, "it reaches the device afterwards": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.leases = impatient{w.journal}
			w.brain.host("7", "10.0.0.7", "block")
			edge := w.devices["edge"]
			edge.during = func() {
				edge.during = nil
				if !late {
					edge.holds["10.0.0.7"] = true
				}
				for _, done := range w.panic("edge") {
					if done.Leased == nil || done.Failed() {
						t.Errorf("leased %v, failed %v", done.Leased, done.Failed())
					}
				}
				edge.lies = !late // what it does now, it did before
			}
			w.pass()
			edge.lies = false
			w.told()
			w.good()
			same(t, "edge", []string(nil), w.on("edge"))
			if held := w.state().Held; len(held) > 1 || len(held) == 1 && held[0].Blocker == "edge" {
				t.Errorf("held %+v", held)
			}
		})
	}
}

// What a dead run began is withdrawn too, of any source.
func TestAPanicTakesOffWhatWasNotSettled(t *testing.T) {
	w := newWorld(t)
	target := entity.Target{Ref: entity.Ref{Source: "branch", Kind: entity.KindHost, ID: "7"}, Host: &entity.Host{IP: "10.0.0.7"}}
	intent := []entity.Intent{{Action: entity.ActionBlock, Target: target, Blocker: "edge", Elements: []string{"10.0.0.7"}, At: w.now}}
	if err := w.journal.Begin(t.Context(), intent); err != nil {
		t.Fatal(err)
	}
	w.devices["edge"].holds["10.0.0.7"] = true
	w.panic()
	same(t, "edge", []string(nil), w.on("edge"))
}

// One that is dead or not configured is told of, device by device, and delays no other.
func TestAPanicGoesOnWithoutADeadBlocker(t *testing.T) {
	w := blocked(t)
	w.devices["edge"].fail["10.0.0.7"] = &entity.Error{Class: entity.Transient, Device: "fw2", Err: errNoAnswer}
	w.without = []string{"dc"}
	for _, done := range w.panic() {
		if !done.Failed() {
			t.Errorf("%s did not fail: %+v", done.Blocker, done)
		}
		if done.Blocker == "edge" {
			same(t, "answers", []reconcile.DeviceAnswer{{Device: "fw1", Off: 1}, {Device: "fw2", Left: 1, Problem: "fw2: no answer"}}, done.Devices)
		}
	}
	w.without = nil
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	if n := len(w.state().Held); n != 2 {
		t.Errorf("%d held, want 2 still", n)
	}
}

var errNoAnswer = fmt.Errorf("no answer")

// A multitude comes off whole, and nothing else: 50,000 holdings with VAR_TEST_ALL=1.
func TestAPanicTakesOffAMultitude(t *testing.T) {
	multitude := 2_000
	if os.Getenv("VAR_TEST_ALL") != "" {
		multitude = 50_000
	}
	w := newWorld(t)
	var held []entity.Holding
	for i := range multitude {
		ip := fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		w.devices["edge"].holds[ip] = true
		held = append(held, entity.Holding{
			Target:  entity.Target{Ref: host(fmt.Sprint(i)), Host: &entity.Host{IP: ip}},
			Blocker: "edge", Receipt: entity.Receipt{Elements: []string{ip}}, State: entity.Complete,
		})
	}
	if err := w.journal.Adopt(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	w.devices["edge"].holds["192.0.2.1"] = true
	started := time.Now()
	w.panic()
	t.Logf("taken off in %s", time.Since(started))
	same(t, "edge", []string{"192.0.2.1"}, w.on("edge"))
}

// impatient waits for nobody, as if the time were over.
type impatient struct{ dispatch.Leases }

func (i impatient) Acquire(ctx context.Context, name string, _ time.Duration) (func(), error) {
	return i.Leases.Acquire(ctx, name, 0)
}

var _ dispatch.Leases = (*journal.Journal)(nil)
