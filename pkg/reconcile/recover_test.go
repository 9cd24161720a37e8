package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// begun is a world in which a run died after it began to block host 7 on edge, whose elements it could not know.
func begun(t *testing.T, elements ...string) *world {
	t.Helper()
	w := newWorld(t)
	e := w.brain.host("7", "10.0.0.7")
	intent := []entity.Intent{{
		Action: entity.ActionBlock, Target: e.target, Blocker: "edge", Label: "Fortinet Client", Elements: elements,
		Reasons: []string{"tag block"}, At: epoch,
	}}
	if err := w.journal.Begin(t.Context(), intent); err != nil {
		t.Fatal(err)
	}
	w.devices["edge"].holds["10.0.0.7"] = true
	return w
}

// A release blocks nothing: whatever is asked of this device, it never has to put something in place.
func neverBlocking(t *testing.T) func(dispatch.Enforcer) dispatch.Enforcer {
	return func(e dispatch.Enforcer) dispatch.Enforcer { return &unblocker{Enforcer: e, t: t} }
}

type unblocker struct {
	dispatch.Enforcer
	t *testing.T
	// got are the receipts that it was asked to take off.
	got []entity.Receipt
	// deaf: it cannot undo without a receipt.
	deaf bool
}

func (u *unblocker) Block(_ context.Context, targets []entity.Target) []entity.Outcome {
	u.t.Errorf("%d targets were blocked in order to release them", len(targets))
	return make([]entity.Outcome, len(targets))
}

func (u *unblocker) Elements(context.Context, []entity.Target) ([][]string, error) {
	return nil, errMute
}

func (u *unblocker) Unblock(ctx context.Context, releases []entity.Release) []error {
	errs := make([]error, len(releases))
	for i, r := range releases {
		u.got = append(u.got, r.Receipt)
		switch {
		case u.deaf && r.Receipt.Empty():
			errs[i] = &entity.Error{Class: entity.Permanent, Err: errors.New("cannot undo this without a receipt")}
		case r.Receipt.Empty():
			errs[i] = u.Enforcer.Unblock(ctx, []entity.Release{{Target: r.Target, Receipt: entity.Receipt{Elements: elementsOf(r.Target)}}})[0]
		default:
			errs[i] = u.Enforcer.Unblock(ctx, []entity.Release{r})[0]
		}
	}
	return errs
}

// What a dead run began and nobody wants is taken away: by what it had written down beforehand, else by what the
// devices list of ours, else by the target as it was.
func TestAnUnwantedBlockThatNobodySawTheEndOfIsTakenAway(t *testing.T) {
	cases := map[string]struct {
		elements []string
		mark     string
		with     []string
	}{
		"by the elements of the intent":  {[]string{"10.0.0.7"}, "", []string{"10.0.0.7"}},
		"by our mark on the device":      {nil, "site-a", []string{"10.0.0.7"}},
		"by the target, with no receipt": {nil, "", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := begun(t, c.elements...)
			w.devices["edge"].owners["10.0.0.7"] = c.mark
			w.readEverything()
			asked := &unblocker{}
			r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer {
				u := neverBlocking(t)(e).(*unblocker)
				if e.Info().Name == "edge" {
					asked = u
				}
				return u
			})
			if r.Failed() || len(asked.got) != 1 || !slices.Equal(asked.got[0].Elements, c.with) {
				t.Errorf("%s; asked to take off %+v, want %q", troubles(r), asked.got, c.with)
			}
			same(t, "edge", []string(nil), w.on("edge"))
			if s := w.state(); len(s.Held)+len(s.Left) > 0 {
				t.Errorf("left in the journal: %+v", s)
			}
		})
	}
}

// readEverything makes the journal know that every source was read completely.
func (w *world) readEverything() {
	w.t.Helper()
	if err := w.journal.Remember(w.t.Context(), "read:"+hq, ""); err != nil {
		w.t.Fatal(err)
	}
}

// A plugin that cannot undo from that says so: the item stays open, is shown, and is tried again.
func TestWhatCannotBeUndoneStaysOpenAndIsShown(t *testing.T) {
	w := begun(t)
	deaf := func(e dispatch.Enforcer) dispatch.Enforcer { return &unblocker{Enforcer: e, t: t, deaf: true} }
	for range 2 {
		r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return deaf(e) })
		if !r.Failed() || r.Fatal != nil {
			t.Errorf("the pass says %s", troubles(r))
		}
		held := w.state().Held
		if len(held) != 1 || held[0].State != entity.Releasing || held[0].Problem == "" {
			t.Errorf("held %+v", held)
		}
	}
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	w.good()
	same(t, "edge once it can", []string(nil), w.on("edge"))
}

// Two such blocks: what is found on the device belongs to one of them, and is taken off once.
func TestWhatIsFoundOnADeviceIsTakenOffOnce(t *testing.T) {
	w := begun(t)
	other := w.brain.host("8", "10.0.0.8")
	intent := []entity.Intent{{Action: entity.ActionBlock, Target: other.target, Blocker: "edge", Reasons: []string{"tag block"}, At: epoch}}
	if err := w.journal.Begin(t.Context(), intent); err != nil {
		t.Fatal(err)
	}
	edge := w.devices["edge"]
	edge.holds["10.0.0.8"] = true
	edge.owners["10.0.0.7"], edge.owners["10.0.0.8"] = "site-a", "site-a"
	w.readEverything()
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	if s := w.state(); len(s.Held)+len(s.Left) > 0 {
		t.Errorf("left in the journal: %+v", s)
	}
}

// A crash forgets no device that has confirmed.
func TestWhatWasConfirmedIsKnownAfterACrash(t *testing.T) {
	w := blocked(t)
	held := w.state().Held[1]
	renew := []entity.Intent{{
		Action: entity.ActionRenew, Target: held.Target, Blocker: "edge", Label: held.Label, Elements: held.Receipt.Elements,
		Receipt: held.Receipt, Devices: held.Devices, At: epoch,
	}}
	if err := w.journal.Begin(t.Context(), renew); err != nil {
		t.Fatal(err)
	}
	w.devices["edge"].fail["10.0.0.7"] = errUnreachable
	w.pass()
	if got := w.state().Held[1]; !slices.Contains(got.Devices, "fw2") {
		t.Errorf("confirmed by %v, missing on %v", got.Devices, got.Missing)
	}
}
