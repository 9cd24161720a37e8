package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

var errTold = errors.New("terminated")

// lingering is a process that goes on for a while when it is told to end.
func (w *world) lingering() *reconcile.Reconciler {
	r := w.run()
	r.Linger = context.WithoutCancel
	r.Dispatcher = dispatch.New(r.Enforcers, r.Journal, r.Now, r.Log, dispatch.Options{Linger: context.WithoutCancel})
	return r
}

// Told to end while a device is at work, a pass finishes there and tells the brain of it: whoever looks then sees the
// same as after a pass that nobody disturbed.
func TestAPassThatIsToldToEndRecordsWhatItDid(t *testing.T) {
	calm, w := wanting(t), wanting(t)
	calm.good()
	ctx, tell := context.WithCancelCause(t.Context())
	w.devices["edge"].during = func() { tell(errTold) }
	report := w.lingering().Pass(ctx, w.source(), reconcile.Options{})
	if report.Failed() {
		t.Fatalf("the pass failed: %s", troubles(report))
	}
	if diff := cmp.Diff(calm.state(), w.state(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-undisturbed +told to end)\n%s", diff)
	}
}

// Told to end while it reads, a pass does nothing at all: what was cut short there says nothing about any target.
func TestAPassThatIsToldToEndWhileItReadsDoesNothing(t *testing.T) {
	w := wanting(t)
	w.good()
	before := w.state()
	drop(w.brain.entities[host("1")], "block")
	w.brain.host("3", "10.0.0.3", "block")
	ctx, tell := context.WithCancelCause(t.Context())
	src := w.source()
	src.Observe = func(ctx context.Context, held []entity.Ref) plan.Observation {
		tell(errTold)
		return w.brain.observe(ctx, held)
	}
	report := w.lingering().Pass(ctx, src, reconcile.Options{})
	if !errors.Is(report.Fatal, dispatch.ErrStopped) || !errors.Is(report.Fatal, errTold) {
		t.Errorf("the report says %v", report.Fatal)
	}
	after := w.state()
	if diff := cmp.Diff(before.Devices, after.Devices) + cmp.Diff(before.Held, after.Held); diff != "" {
		t.Errorf("something was done:\n%s", diff)
	}
}
