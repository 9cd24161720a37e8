package dispatch_test

import (
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestAReleaseTakesItsElementsOff(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRelease, "1", "a", "b")
	s.hold(it)
	res := s.one(it)
	if res.Failed() || res.Done != entity.ActionRelease || res.Holding != nil || len(s.record.held) > 0 {
		t.Errorf("got %+v", res)
	}
	same(t, "devices", []string(nil), s.devices())
}

func TestAReleaseThatFailsGoesOn(t *testing.T) {
	for class, done := range map[entity.ErrorClass]bool{
		entity.Transient: false, entity.Unauthorized: false, entity.Unknown: false, entity.Unsupported: false, entity.Absent: true,
	} {
		s := newScene(t)
		it := held(entity.ActionRelease, "1", "a")
		s.hold(it)
		s.edge.fail[""] = failure(class, "fw2")
		res := s.one(it)
		h, kept := s.record.held[key(it.Target.Ref, "edge")]
		if kept == done || kept && (h.State != entity.Releasing || h.Problem == "") || (res.Done == entity.ActionRelease) != done {
			t.Errorf("%s: held %+v, done %q", class, h, res.Done)
		}
	}
}

func TestWhatWasRefusedIsForgottenWithoutAsking(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRelease, "1")
	it.Held.State = entity.Refused
	s.hold(it)
	if res := s.one(it); res.Failed() || res.Done != "" || len(s.record.held) > 0 || s.edge.asked > 0 {
		t.Errorf("got %+v, asked %d times", res, s.edge.asked)
	}
}

// A receipt may be lost: the plugin then derives it from the target.
func TestAnEmptyReceiptIsReleasedByAsking(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRelease, "1")
	it.Held.State = entity.Partial
	s.hold(it)
	if res := s.one(it); res.Failed() || res.Done != entity.ActionRelease || s.edge.asked != 1 {
		t.Errorf("got %+v, asked %d times", res, s.edge.asked)
	}
}

// Promise 2, at the door: holders of every source are counted when it is done, not when it was planned.
func TestWhatOthersHoldStaysOnTheDevices(t *testing.T) {
	s := newScene(t)
	mine, theirs := held(entity.ActionRelease, "1", "a", "b"), held(entity.ActionKeep, "1", "b")
	theirs.Target.Source = "branch"
	s.hold(mine)
	s.hold(theirs)
	mine.Leaves = []string{"a", "b"} // what an older look believed
	s.one(mine)
	same(t, "devices", []string{"b"}, s.devices())
	only := held(entity.ActionRelease, "2", "b")
	s.hold(only)
	asked := s.edge.asked
	if res := s.one(only); res.Done != entity.ActionRelease || s.edge.asked != asked {
		t.Errorf("the device was asked for what others hold: %+v", res)
	}
	last := theirs
	last.Action = entity.ActionRelease
	s.one(last)
	same(t, "devices after the last holder", []string(nil), s.devices())
}

func TestTwoReleasesOfOneElementTakeItOffOnce(t *testing.T) {
	s := newScene(t)
	one, two := held(entity.ActionRelease, "1", "a"), held(entity.ActionRelease, "2", "a")
	s.hold(one)
	s.hold(two)
	for _, res := range s.carry(one, two) {
		if res.Done != entity.ActionRelease {
			t.Errorf("got %+v", res)
		}
	}
	same(t, "devices", []string(nil), s.devices())
}

func TestABlockOfTheSamePassKeepsTheElement(t *testing.T) {
	s := newScene(t)
	going := held(entity.ActionRelease, "1", "a")
	s.hold(going)
	s.carry(going, blocking("2", "a"))
	same(t, "devices", []string{"a"}, s.devices())
}

func groom() plan.Item {
	it := held(entity.ActionGroom, "1", "old", "both")
	now := target("1", "both", "new")
	it.Elements, it.Target = []string{"both", "new"}, &now
	return it
}

func TestAMoveBlocksAnewAndThenReleases(t *testing.T) {
	s := newScene(t)
	s.hold(groom())
	res := s.one(groom())
	if res.Failed() || res.Done != entity.ActionGroom {
		t.Errorf("got %+v", res)
	}
	same(t, "devices", []string{"both", "new"}, s.devices())
	same(t, "held", []string{"both", "new"}, s.record.held[key(groom().Target.Ref, "edge")].Receipt.Elements)
	same(t, "order", []string{"edge: intend 1", "edge: block 1", "edge: settle 1", "edge: intend 1", "edge: unblock 1", "edge: settle 1"}, s.diary.lines)
}

// Grooming never leads to nothing: the old goes only when all of the new is in place.
func TestAMoveThatFailsKeepsTheOld(t *testing.T) {
	for class := range map[entity.ErrorClass]bool{entity.Transient: true, entity.Unknown: true, entity.Permanent: true, entity.Absent: true} {
		s := newScene(t)
		s.hold(groom())
		s.edge.fail["new"] = failure(class, "fw2")
		if res := s.one(groom()); res.Done != "" {
			t.Errorf("%s: told as %q", class, res.Done)
		}
		if !s.edge.holds["old"] || !s.edge.holds["both"] {
			t.Errorf("%s: devices %v", class, s.devices())
		}
		if h := s.record.held[key(groom().Target.Ref, "edge")]; h.State != entity.Partial || !slices.Contains(h.Receipt.Elements, "old") {
			t.Errorf("%s: held %+v", class, h)
		}
	}
}

func TestAMoveWhoseOldPartStaysIsTold(t *testing.T) {
	s := newScene(t)
	s.hold(groom())
	s.edge.fail["old"] = failure(entity.Transient, "fw2")
	res := s.one(groom())
	if res.Done != entity.ActionGroom || !res.Partial() {
		t.Errorf("got %+v", res)
	}
	same(t, "held", []string{"both", "new", "old"}, s.record.held[key(groom().Target.Ref, "edge")].Receipt.Elements)
}

func TestAMoveLeavesWhatOthersHold(t *testing.T) {
	s := newScene(t)
	s.hold(groom())
	s.hold(held(entity.ActionKeep, "2", "old"))
	if res := s.one(groom()); res.Failed() || res.Done != entity.ActionGroom {
		t.Errorf("got %+v", res)
	}
	same(t, "devices", []string{"both", "new", "old"}, s.devices())
	same(t, "held", []string{"both", "new"}, s.record.held[key(groom().Target.Ref, "edge")].Receipt.Elements)
}
