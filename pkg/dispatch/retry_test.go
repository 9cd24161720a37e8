package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// patience retries without waiting, and remembers how long it would have.
func (s *scene) patience(times int) *[]time.Duration {
	var slept []time.Duration
	s.retry = &dispatch.RetryPolicy{
		Times: times, Wait: time.Second, Longest: 10 * time.Second,
		Sleep: func(_ context.Context, d time.Duration) error { slept = append(slept, d); return nil },
	}
	return &slept
}

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	for class, again := range map[entity.ErrorClass]bool{
		entity.Transient: true, entity.Unknown: true,
		entity.Unauthorized: false, entity.Permanent: false, entity.Unsupported: false, entity.Capacity: false, entity.Absent: false,
	} {
		for _, action := range []entity.Action{entity.ActionBlock, entity.ActionRelease} {
			s := newScene(t)
			slept := s.patience(2)
			s.edge.fail[""] = failure(class, "fw2")
			it := held(action, "1", "a")
			s.hold(it)
			s.one(it)
			want, waits := 1, []time.Duration(nil)
			if again {
				want, waits = 3, []time.Duration{time.Second, 2 * time.Second}
			}
			if s.edge.asked != want {
				t.Errorf("%s of %s: asked %d times, want %d", class, action, s.edge.asked, want)
			}
			same(t, string(class)+" waits", waits, *slept)
		}
	}
}

func TestARetryThatSucceedsIsASuccess(t *testing.T) {
	s := newScene(t)
	s.patience(2)
	s.edge.fail["b"], s.edge.after = failure(entity.Transient, "fw2"), 1
	res := s.one(blocking("1", "a", "b"))
	if res.Failed() || res.Holding.State != entity.Complete {
		t.Errorf("got %+v", res)
	}
	same(t, "held", []string{"a", "b"}, res.Holding.Receipt.Elements)
}

// The receipts of all attempts count: what the first one did may still be there.
func TestReceiptsOfAllAttemptsAreHeld(t *testing.T) {
	s := newScene(t)
	s.patience(1)
	e := &forgetful{device: s.edge}
	d := dispatch.New([]dispatch.Enforcer{dispatch.Retry(e, *s.retry)}, s.record, func() time.Time { return epoch }, quiet, dispatch.Options{})
	res := d.Carry(t.Context(), []plan.Item{blocking("1", "a", "b")}, time.Time{})[0]
	same(t, "held", []string{"a", "b"}, res.Holding.Receipt.Elements)
}

// forgetful does one element in each attempt and reports only that.
type forgetful struct {
	*device
	calls int
}

func (f *forgetful) Block(context.Context, []entity.Target) []entity.Outcome {
	f.calls++
	return []entity.Outcome{{
		Receipt: entity.Receipt{Elements: []string{[]string{"", "a", "b"}[f.calls]}},
		Err:     failure(entity.Transient, "fw2"),
	}}
}

// A plugin that dies at work and then does not start again has perhaps blocked something: it stays known, so that it is
// repeated, or taken off when nobody wants it any more. It is told once something is known of it.
func TestWhatAnEarlierAttemptMayHaveDoneIsHeld(t *testing.T) {
	for class, kept := range map[entity.ErrorClass]bool{
		entity.Unknown: true, entity.Permanent: true, entity.Transient: true, entity.Unauthorized: true, entity.Capacity: true, entity.Absent: false, entity.Unsupported: false,
	} {
		for _, expected := range [][]string{{"a"}, nil} {
			s := newScene(t)
			s.patience(1)
			e := &dying{device: s.edge, then: failure(class, "")}
			d := dispatch.New([]dispatch.Enforcer{dispatch.Retry(e, *s.retry)}, s.record, func() time.Time { return epoch }, quiet, dispatch.Options{})
			res := d.Carry(t.Context(), []plan.Item{blocking("1", expected...)}, time.Time{})[0]
			if held := res.Holding != nil && res.Holding.State == entity.Partial; held != kept || kept && entity.ClassOf(res.Err) != entity.Unknown {
				t.Errorf("%s, expecting %v: held %+v, %v", class, expected, res.Holding, res.Err)
			}
			if !kept {
				continue
			}
			same(t, "held", expected, res.Holding.Receipt.Elements)
			if told := res.Done != ""; told != (expected != nil) || told == res.Holding.Asserted.IsZero() {
				t.Errorf("%s, expecting %v: done %q, asserted %v", class, expected, res.Done, res.Holding.Asserted)
			}
		}
	}
}

// dying dies at the first attempt, and fails at the next.
type dying struct {
	*device
	then error
}

func (d *dying) Block(context.Context, []entity.Target) []entity.Outcome {
	d.asked++
	if d.asked == 1 {
		return []entity.Outcome{{Err: failure(entity.Unknown, "")}}
	}
	return []entity.Outcome{{Err: d.then}}
}

func TestOnlyWhatFailedIsTriedAgain(t *testing.T) {
	s := newScene(t)
	s.patience(1)
	s.edge.fail["bad"], s.edge.fail["never"] = failure(entity.Transient, ""), failure(entity.Permanent, "")
	s.carry(blocking("1", "a"), blocking("2", "bad"), blocking("3", "never"))
	same(t, "calls", []string{"edge: intend 3", "edge: block 3", "edge: block 1", "edge: settle 3"}, s.diary.lines)
}

// A device says how long it wants to be left alone; what asks for too much is left for the next pass.
func TestADeviceIsLeftAloneAsLongAsItAsks(t *testing.T) {
	s := newScene(t)
	slept := s.patience(2)
	s.edge.fail["soon"] = &entity.Error{Class: entity.Transient, RetryAfter: 7 * time.Second, Err: errors.New("429")}
	s.edge.fail["late"] = &entity.Error{Class: entity.Transient, RetryAfter: time.Hour, Err: errors.New("429")}
	s.carry(blocking("1", "soon"), blocking("2", "late"))
	same(t, "waits", []time.Duration{7 * time.Second, 7 * time.Second}, *slept)
	same(t, "calls", []string{"edge: intend 2", "edge: block 2", "edge: block 1", "edge: block 1", "edge: settle 2"}, s.diary.lines)
}

func TestAStopEndsTheRetries(t *testing.T) {
	s := newScene(t)
	s.patience(5)
	s.retry.Sleep = func(context.Context, time.Duration) error { return errStop }
	s.edge.fail[""] = failure(entity.Transient, "")
	if res := s.one(blocking("1", "a")); !res.Failed() || s.edge.asked != 1 {
		t.Errorf("asked %d times: %v", s.edge.asked, res.Err)
	}
}

func TestWhatMustNotBeRepeatedIsBlockedOnce(t *testing.T) {
	s := newScene(t)
	s.patience(2)
	s.edge.info.NoRepeat = true
	s.edge.fail[""] = failure(entity.Transient, "")
	s.one(blocking("1", "a"))
	if s.edge.asked != 1 {
		t.Errorf("asked %d times", s.edge.asked)
	}
}
