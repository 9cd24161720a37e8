package dispatch_test

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// During a panic nothing is put on a device, and what goes off goes off.
func TestAPanicHoldsBackWhatPutsSomethingInPlace(t *testing.T) {
	s := newScene(t)
	s.record.stop = entity.ErrPanic
	release, renew, repair := held(entity.ActionRelease, "2", "b"), held(entity.ActionRenew, "3", "c"), held(entity.ActionRepair, "4", "d")
	s.hold(release)
	s.hold(renew)
	move := groom()
	move.Target.ID, move.Held.Target.ID = "5", "5"
	results := s.carry(blocking("1", "a"), release, renew, repair, move)
	same(t, "devices", []string{"c"}, s.devices())
	for i, res := range results {
		if back := i != 1; res.Failed() || back != strings.Contains(res.HeldBack, "panic was called by anna") {
			t.Errorf("item %d: held back %q, error %v", i+1, res.HeldBack, res.Err)
		}
	}
}

// A pause stops first blocks only: the rest of their batch goes on.
func TestAPauseHoldsBackOnlyFirstBlocks(t *testing.T) {
	s := newScene(t)
	s.record.stop = entity.ErrPaused
	again, renew := held(entity.ActionBlock, "2", "b"), held(entity.ActionRenew, "3", "c")
	results := s.carry(blocking("1", "a"), again, renew, blocking("4", "d"))
	same(t, "devices", []string{"b", "c"}, s.devices())
	for i, first := range []bool{true, false, false, true} {
		if res := results[i]; res.Failed() || first != (res.HeldBack != "") {
			t.Errorf("item %d: held back %q, error %v", i+1, res.HeldBack, res.Err)
		}
	}
}
