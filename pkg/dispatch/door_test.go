package dispatch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// precious are elements that nothing may block.
type precious []string

func (p precious) Covers(t entity.Target, elements []string) (why string, covered bool) {
	for _, e := range append(t.Destinations(), elements...) {
		if slices.Contains(p, e) {
			return "default gateway " + e, true
		}
	}
	return "", false
}

func guarded(t *testing.T, elements ...string) *scene {
	t.Helper()
	s := newScene(t)
	s.options.Protect = func() plan.Protector { return precious(elements) }
	return s
}

// Promise 5: whatever the plan says, and however it came about.
func TestNothingProtectedPassesTheDoor(t *testing.T) {
	s := guarded(t, "gw")
	renew, repair := held(entity.ActionRenew, "3", "gw"), held(entity.ActionRepair, "4", "gw")
	results := s.carry(blocking("1", "a"), blocking("2", "b", "gw"), renew, repair)
	same(t, "devices", []string{"a"}, s.devices())
	for i, res := range results[1:] {
		if res.Failed() || entity.ClassOf(res.Err) != entity.Unsupported || !strings.Contains(res.Err.Error(), "never block: default gateway gw") {
			t.Errorf("item %d: %v", i+2, res.Err)
		}
	}
	if len(s.record.intents) > 0 {
		t.Errorf("intents to block what is protected: %v", s.record.intents)
	}
}

// A plugin may put other elements in place than it said: they are taken off again at once.
func TestWhatTurnsOutToBeProtectedIsTakenOffAgain(t *testing.T) {
	s := guarded(t, "gw")
	s.edge.yields = []string{"gw"}
	res := s.one(blocking("1", "a"))
	same(t, "devices", []string{"a"}, s.devices())
	if res.Failed() || !strings.Contains(res.Err.Error(), "never block: gw") {
		t.Errorf("got %v", res.Err)
	}
	same(t, "held", []string{"a"}, s.record.held[key(res.Item.Target.Ref, "edge")].Receipt.Elements)
}

// What does not come off again is held: the next pass releases it.
func TestWhatIsProtectedAndStaysIsHeld(t *testing.T) {
	s := guarded(t, "gw")
	s.edge.yields = []string{"gw"}
	s.edge.hold = nil
	d := &stubborn{device: s.edge}
	res := dispatch.New([]dispatch.Enforcer{d}, s.record, frozenClock, quiet, s.options).Carry(t.Context(), []plan.Item{blocking("1", "a")}, s.until)[0]
	if !res.Failed() || !strings.Contains(res.Err.Error(), "did not come off") {
		t.Errorf("got %v", res.Err)
	}
	h := s.record.held[key(res.Item.Target.Ref, "edge")]
	same(t, "held", []string{"a", "gw"}, h.Receipt.Elements)
	if h.State != entity.Partial {
		t.Errorf("held %+v", h)
	}
}

// stubborn takes nothing off.
type stubborn struct{ *device }

func (s *stubborn) Unblock(_ ctxt, releases []entity.Release) []error {
	errs := make([]error, len(releases))
	for i := range errs {
		errs[i] = failure(entity.Transient, "fw1")
	}
	return errs
}
