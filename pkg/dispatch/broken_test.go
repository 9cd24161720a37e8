package dispatch_test

import (
	"errors"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// A blocker that could not be started fails each item with the reason, keeps what it holds, and delays nobody.
func TestABrokenBlockerKeepsWhatItHolds(t *testing.T) {
	s := newScene(t)
	slept := s.patience(2)
	why := errors.New("plugin not found")
	e := dispatch.Broken(s.edge.info, why)
	d := dispatch.New([]dispatch.Enforcer{dispatch.Retry(e, *s.retry), s.dc}, s.record, func() time.Time { return epoch }, quiet, dispatch.Options{})
	release, elsewhere := held(entity.ActionRelease, "2", "z"), blocking("3", "c")
	elsewhere.Blocker = "dc"
	s.hold(release)
	results := d.Carry(t.Context(), []plan.Item{blocking("1", "a"), release, elsewhere}, time.Time{})
	for i, fails := range []bool{true, true, false} {
		if results[i].Failed() != fails || fails && !errors.Is(results[i].Err, why) {
			t.Errorf("result %d: %v", i, results[i].Err)
		}
	}
	if h := s.record.held[key(release.Target.Ref, "edge")]; len(h.Receipt.Elements) != 1 || len(*slept) > 0 {
		t.Errorf("held %+v, slept %v", h, *slept)
	}
	if !errors.Is(dispatch.Why(e), why) || dispatch.Why(s.dc) != nil {
		t.Errorf("why: %v, %v", dispatch.Why(e), dispatch.Why(s.dc))
	}
	if elements, err := e.Elements(t.Context(), []entity.Target{target("1")}); err != nil || len(elements) != 1 || len(elements[0]) > 0 {
		t.Errorf("elements %v, %v", elements, err)
	}
	if _, err := e.List(t.Context()); !errors.Is(err, why) {
		t.Errorf("list: %v", err)
	}
}
