package dispatch_test

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Promise 2 with a lost receipt: what the plugin derives from the target may be another's too.
func TestALostReceiptLeavesWhatOthersHold(t *testing.T) {
	s := newScene(t)
	lost, other := held(entity.ActionRelease, "1"), held(entity.ActionKeep, "2", "shared")
	lost.Held.State = entity.Partial
	s.edge.knows = map[string][]string{"1": {"mine", "shared"}}
	s.edge.holds["mine"] = true
	s.hold(lost)
	s.hold(other)
	if res := s.one(lost); res.Failed() || res.Done != entity.ActionRelease {
		t.Errorf("got %+v", res)
	}
	same(t, "devices", []string{"shared"}, s.devices())
}

func TestALostReceiptOfWhichOthersHoldAllAsksNobody(t *testing.T) {
	s := newScene(t)
	lost, other := held(entity.ActionRelease, "1"), held(entity.ActionKeep, "2", "shared")
	lost.Held.State = entity.Partial
	s.edge.knows = map[string][]string{"1": {"shared"}}
	s.hold(lost)
	s.hold(other)
	if res := s.one(lost); res.Failed() || s.edge.asked > 0 {
		t.Errorf("got %+v, asked %d times", res, s.edge.asked)
	}
	same(t, "devices", []string{"shared"}, s.devices())
}

// A former state is restored with the last element: as long as another holds all of it, the device stays as it is.
func TestAFormerStateIsNotRestoredUnderAnotherHolder(t *testing.T) {
	s := newScene(t)
	going, other := held(entity.ActionRelease, "1", "port 7"), held(entity.ActionKeep, "2", "port 7")
	going.Held.Receipt.Former = "vlan 20"
	s.hold(going)
	s.hold(other)
	if res := s.one(going); res.Failed() || s.edge.asked > 0 {
		t.Errorf("got %+v, asked %d times", res, s.edge.asked)
	}
}

func TestANoteTellsWhatStaysForWhom(t *testing.T) {
	s := newScene(t)
	going, other := held(entity.ActionRelease, "1", "a", "b"), held(entity.ActionKeep, "2", "b")
	s.hold(going)
	s.hold(other)
	reasons := strings.Join(s.one(going).Intent.Reasons, "; ")
	if !strings.Contains(reasons, "b stays blocked for hq/detection/2") || strings.Contains(reasons, "a stays") {
		t.Errorf("reasons %q", reasons)
	}
}

// What a release that failed left to others is in no receipt any more, and its note comes with a later attempt: it must
// not tell of an end when the address stays blocked, nor name a holder who has gone since.
func TestANoteOfALaterAttemptTellsWhatStaysForWhom(t *testing.T) {
	s := newScene(t)
	going, other := held(entity.ActionRelease, "1", "a", "b"), held(entity.ActionKeep, "2", "b")
	s.hold(going)
	s.hold(other)
	s.edge.knows = map[string][]string{"1": {"a", "b"}}
	s.edge.fail["a"] = failure(entity.Transient, "fw1")
	again := func() plan.Item {
		left := s.one(going).Holding
		going.Held, going.Target = left, &left.Target
		return going
	}
	going = again()
	same(t, "still to come off", []string{"a"}, going.Receipt().Elements)
	if reasons := strings.Join(s.one(again()).Intent.Reasons, "; "); !strings.Contains(reasons, "b stays blocked for hq/detection/2") {
		t.Errorf("reasons %q", reasons)
	}
	other.Action = entity.ActionRelease
	s.one(other)
	s.edge.fail = nil
	res := s.one(going)
	if reasons := strings.Join(res.Intent.Reasons, "; "); res.Done != entity.ActionRelease || strings.Contains(reasons, "stays") {
		t.Errorf("got %+v, reasons %q", res, reasons)
	}
	same(t, "devices", []string(nil), s.devices())
}

// An element without a holder goes off and leaves nothing behind in the journal, whether it went or not.
func TestAnOrphanIsTakenOffAndNeverHeld(t *testing.T) {
	s := newScene(t)
	s.edge.holds["left"], s.edge.holds["held"] = true, true
	s.hold(held(entity.ActionKeep, "1", "held"))
	s.edge.fail["stuck"] = failure(entity.Transient, "fw1")
	results := s.carry(dispatch.TakeOff("edge", entity.ClassDestination, "left", "ours"), dispatch.TakeOff("edge", entity.ClassDestination, "stuck", "ours"),
		dispatch.TakeOff("edge", entity.ClassDestination, "held", "ours"))
	same(t, "devices", []string{"held"}, s.devices())
	if results[0].Done != entity.ActionRelease || !results[1].Failed() || results[1].Done != "" || results[2].Done != "" {
		t.Errorf("got %+v", results)
	}
	if len(s.record.held) != 1 {
		t.Errorf("held %v", s.record.held)
	}
}

// A crash must not forget which devices have confirmed.
func TestAnIntentSaysWhereItsElementsWereConfirmed(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRenew, "1", "a")
	it.Held.Devices = []string{"fw1"}
	same(t, "devices", []string{"fw1"}, s.one(it).Intent.Devices)
}

func TestWhatIsHeldSaysInWhichPlace(t *testing.T) {
	s := newScene(t)
	s.edge.info.Place = "source = group In"
	if h := s.one(blocking("1", "a")).Holding; h.Place != "source = group In" {
		t.Errorf("held in %q", h.Place)
	}
	it := held(entity.ActionRelease, "2", "b")
	it.Held.Place = "source = group Old"
	s.edge.fail["b"] = failure(entity.Transient, "fw1")
	if h := s.one(it).Holding; h.Place != "source = group Old" {
		t.Errorf("still held in %q", h.Place)
	}
}

// Repair puts back and is worth no note.
func TestARepairPutsBackWithoutANote(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRepair, "1", "a")
	res := s.one(it)
	same(t, "devices", []string{"a"}, s.devices())
	if res.Failed() || res.Done != "" || res.Holding.State != entity.Complete || !res.Holding.Asserted.Equal(epoch) {
		t.Errorf("got %+v", res)
	}
}
