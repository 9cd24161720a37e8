package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// busy has a device hold its first call until end is closed.
func busy(s *scene) (end chan struct{}) {
	end = make(chan struct{})
	s.edge.hold = func(context.Context) { <-end }
	return end
}

// source has one item for the blocker at work.
func source(name string) plan.Item {
	it := blocking("1", "e-"+name)
	it.Target.Source = name
	return it
}

// However many sources wait for a blocker, what they have for it is one batch; each is told of its own.
func TestWhatSeveralSourcesBringGoesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.edge.fail["e-7"] = &entity.Error{Class: entity.Permanent, Err: errors.New("refused")}
		end := busy(s)
		d := s.dispatcher()
		answers := make([][]dispatch.Result, 20)
		for n := range answers {
			go func() { answers[n] = d.Carry(t.Context(), []plan.Item{source(fmt.Sprint(n))}, time.Time{}) }()
			synctest.Wait()
		}
		close(end)
		synctest.Wait()
		for n, results := range answers {
			if len(results) != 1 || results[0].Item.Target.Source != fmt.Sprint(n) {
				t.Fatalf("source %d is told %+v", n, results)
			}
			if failed := results[0].Err != nil; failed != (n == 7) {
				t.Errorf("source %d: %v", n, results[0].Err)
			}
		}
		if s.edge.asked != 2 {
			t.Errorf("the device was asked %d times, want once for the first and once for the other nineteen", s.edge.asked)
		}
	})
}

// Who gives up waiting is not done by another afterwards.
func TestWhoGivesUpWaitingIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		end := busy(s)
		d := s.dispatcher()
		go d.Carry(t.Context(), []plan.Item{source("first")}, time.Time{})
		synctest.Wait()
		impatient, stop := context.WithCancel(t.Context())
		var left []dispatch.Result
		go func() { left = d.Carry(impatient, []plan.Item{source("impatient")}, time.Time{}) }()
		synctest.Wait()
		stop()
		synctest.Wait()
		close(end)
		synctest.Wait()
		if left[0].Err == nil || left[0].Done != "" {
			t.Errorf("who gave up is told %+v", left[0])
		}
		if got := s.devices(); len(got) != 1 {
			t.Errorf("the device holds %v", got)
		}
	})
}

// Another process at the blocker keeps all of them waiting once, not one after another.
func TestSourcesWaitForAnotherProcessTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		taken := &leases{wait: time.Minute}
		s.options.Leases, s.options.LeaseWait = taken, time.Minute
		d := s.dispatcher()
		began := time.Now()
		answers := make([][]dispatch.Result, 5)
		for n := range answers {
			go func() { answers[n] = d.Carry(t.Context(), []plan.Item{source(fmt.Sprint(n))}, time.Time{}) }()
		}
		<-time.After(time.Minute) // by the clock of the bubble
		synctest.Wait()
		for n, results := range answers {
			if len(results) != 1 || results[0].Err == nil {
				t.Errorf("source %d is told %+v after %s", n, results, time.Since(began))
			}
		}
	})
}

// leases are all somebody else's.
type leases struct{ wait time.Duration }

func (l *leases) Acquire(_ context.Context, name string, wait time.Duration) (func(), error) {
	<-time.After(min(wait, l.wait))
	return nil, &entity.LeasedError{Name: name, Holder: "another"}
}
