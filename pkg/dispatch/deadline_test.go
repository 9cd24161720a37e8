package dispatch_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// What is under way at the deadline is done, what was not begun is left as it is, and the next pass does it.
func TestAfterTheDeadlineNothingIsBegun(t *testing.T) {
	s := newScene(t)
	s.until = epoch.Add(time.Minute)
	var items []plan.Item
	for i := range 1500 {
		items = append(items, blocking(fmt.Sprint(i), "e"+fmt.Sprint(i)))
	}
	release := held(entity.ActionRelease, "x", "old")
	s.hold(release)
	s.edge.hold = func(context.Context) { s.now.Store(int64(2 * time.Minute)) }
	results := s.carry(append(items, release)...)
	for i, res := range results {
		if left := i >= 1000; res.Left() != left || res.Failed() != left || left && (res.Holding != nil || res.Done != "" || res.Intent.ID != 0) {
			t.Fatalf("item %d: left %v, error %v, done %q", i, res.Left(), res.Err, res.Done)
		}
	}
	if n := len(s.devices()); n != 1001 {
		t.Errorf("the device holds %d of 1,000 and one that was not released", n)
	}
	if len(s.record.intents) > 0 {
		t.Errorf("%d intents were begun and not settled", len(s.record.intents))
	}
	s.until, s.edge.hold = time.Time{}, nil
	for i, res := range s.carry(append(items[1000:], release)...) {
		if res.Err != nil {
			t.Fatalf("the next pass, item %d: %v", i, res.Err)
		}
	}
	if n := len(s.devices()); n != 1500 {
		t.Errorf("after the next pass the device holds %d of 1,500", n)
	}
}

// A blocker on which another source is still at work is waited for no longer than until the deadline.
func TestATurnIsNotWaitedForAfterTheDeadline(t *testing.T) {
	s := newScene(t)
	begun, end := make(chan struct{}), make(chan struct{})
	s.edge.hold = func(context.Context) { close(begun); <-end }
	d := s.dispatcher()
	first := make(chan []dispatch.Result)
	go func() { first <- d.Carry(t.Context(), []plan.Item{blocking("1", "a")}, time.Time{}) }()
	<-begun
	res := d.Carry(t.Context(), []plan.Item{blocking("2", "b")}, epoch.Add(time.Millisecond))[0]
	if !res.Left() {
		t.Errorf("got %v", res.Err)
	}
	close(end)
	if res := (<-first)[0]; res.Err != nil {
		t.Error(res.Err)
	}
}

// A blocker that hangs keeps neither the other blockers waiting nor those that another source has work for.
func TestASlowBlockerDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		end := busy(s)
		d := s.dispatcher()
		var answers [2][]dispatch.Result
		for n, source := range []string{"hq", "branch"} {
			go func() {
				onEdge, onDC := blocking("1", "e-"+source), blocking("1", "e-"+source)
				onEdge.Target.Source, onDC.Target.Source, onDC.Blocker = source, source, "dc"
				answers[n] = d.Carry(t.Context(), []plan.Item{onEdge, onDC}, time.Time{})
			}()
		}
		synctest.Wait()
		if held := s.dc.holds; len(held) != 2 {
			t.Errorf("while one blocker hangs the other holds %v", held)
		}
		close(end)
		synctest.Wait()
		for _, results := range answers {
			for _, res := range results {
				if res.Err != nil || len(results) != 2 {
					t.Errorf("%s on %s: %v", res.Item.Target.Ref, res.Item.Blocker, res.Err)
				}
			}
		}
	})
}
