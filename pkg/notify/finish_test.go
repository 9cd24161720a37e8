package notify

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// A courier is replaced while a slow channel answers: what is being sent ends first, and is told once; what waits behind it
// is told by the next one, as soon as the other is done.
func TestWhatIsBeingSentEndsBeforeAnotherTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, in := newNotebook(), &inbox{during: func() { <-time.After(30 * time.Second) }}
		out := Outlet{Name: "mail", Channel: in, Timeout: time.Minute}
		courier := func() *Courier { return NewCourier(j, "", time.Now, slog.New(slog.DiscardHandler), out) }
		first, second, kept := courier(), courier(), make(chan struct{})
		if err := first.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		j.tell(named("a")...)
		go func() {
			defer close(kept)
			first.Keep(t.Context())
			second.Wake()
		}()
		synctest.Wait()
		j.tell(named("b")...)
		first.Finish()
		done := make(chan struct{})
		go func() { defer close(done); second.Keep(t.Context()) }()
		<-kept
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("the first was done after %s, want when its message was taken", took)
		}
		synctest.Wait()
		second.Finish()
		<-done
		if in.got() != "a b" || in.asked != 2 || time.Since(began) != time.Minute {
			t.Errorf("told %q in %d messages within %s, want each once, and the next at once", in.got(), in.asked, time.Since(began))
		}
	})
}

// Nobody waits any longer: what is being sent is cut off, which is not the channel's fault.
func TestWhoIsCutOffDoesNotBlameTheChannel(t *testing.T) {
	o := newOffice(nil)
	ctx, cut := context.WithCancelCause(t.Context())
	o.inbox.hangs, o.inbox.during = true, func() { cut(context.DeadlineExceeded) }
	o.journal.tell(named("a")...)
	o.Deliver(ctx)
	if s, err := Look(t.Context(), o.journal, o.routes[0].Outlet); err != nil || !s.Down.IsZero() || s.Waiting != 1 {
		t.Errorf("it stands at %+v, %v", s, err)
	}
}
