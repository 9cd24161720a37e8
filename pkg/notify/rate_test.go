package notify

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
)

// flood are so many events.
func flood(n int) []entity.Event {
	events := make([]entity.Event, n)
	for i := range events {
		events[i] = named(fmt.Sprint(i))[0]
	}
	return events
}

// One run tells all that waits, each batch with the number of those that follow; whoever looks is told how many they are.
func TestAFloodComesInBatches(t *testing.T) {
	for name, change := range map[string]func(*Outlet){
		"without a rate": nil,
		"with one":       func(out *Outlet) { out.Rate = 30 },
		"repetitions":    func(out *Outlet) { out.Repeats = true },
		"filtered":       func(out *Outlet) { out.Filter = Filter{Topics: []Topic{TopicChange}} },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(change)
			events := flood(farthest + most + 3)
			o.journal.tell(events...)
			o.journal.tell(entity.Event{Action: entity.EventPanic, Name: "p"})
			all := len(events) + 1
			if len(o.routes[0].Filter.Topics) > 0 {
				all--
			}
			if s, err := Look(t.Context(), o.journal, o.routes[0].Outlet); err != nil || s.Waiting != all {
				t.Errorf("%d wait, %v; want %d", s.Waiting, err, all)
			}
			o.round(t)
			told := 0
			for i, b := range o.inbox.batches {
				if told += len(b.Events); b.More != all-told {
					t.Errorf("batch %d says that %d follow, want %d", i, b.More, all-told)
				}
			}
			if told != all {
				t.Errorf("%d were told of %d", told, all)
			}
		})
	}
}

func TestWhatIsOverTheRateComesTogetherLater(t *testing.T) {
	o := newOffice(func(out *Outlet) { out.Rate = 2 })
	o.round(t, "a")
	o.now = o.now.Add(10 * time.Second)
	o.round(t, "b")
	o.round(t, "c")
	if d := o.round(t, "d"); d.Sent != 0 || !d.Again.Equal(epoch.Add(time.Minute)) {
		t.Errorf("got %+v, want nothing sent before a minute is over", d)
	}
	o.now = epoch.Add(time.Minute)
	o.round(t)
	wants(t, "told", o.inbox.got(), "a b c d")
	if len(o.inbox.batches) != 3 || len(o.inbox.batches[2].Events) != 2 {
		t.Errorf("got %d batches", len(o.inbox.batches))
	}
	if d := o.round(t, "e"); !d.Again.Equal(epoch.Add(70 * time.Second)) {
		t.Errorf("got %+v, want the next when a minute is over since the one before the last", d)
	}
}

func TestTheRateOfAChannelOfSingleMessagesCountsEvents(t *testing.T) {
	o := newOffice(func(out *Outlet) { out.Rate, out.Single = 2, true })
	d := o.round(t, "a", "b", "c")
	if d.Sent != 2 || !d.Again.Equal(epoch.Add(time.Minute)) || o.inbox.batches[0].More != 1 {
		t.Errorf("got %+v and %d more, want two, and one more after a minute", d, o.inbox.batches[0].More)
	}
	o.now = o.now.Add(time.Minute)
	o.round(t)
	wants(t, "told", o.inbox.got(), "a b c")
}

// Whatever happens when, and whatever of it is taken: in no minute there are more messages than the rate says, and in the
// end each event was told.
func TestNoMinuteHasMoreMessagesThanTheRate(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rate, single := rapid.IntRange(1, 5).Draw(r, "rate"), rapid.Bool().Draw(r, "single")
		o := newOffice(func(out *Outlet) { out.Rate, out.Single = rate, single })
		var sent []time.Time
		o.inbox.during = func() { sent = append(sent, o.now) }
		if single {
			o.inbox.during = nil
		}
		told := 0
		deliver := func() {
			was := len(o.inbox.names)
			o.Deliver(context.Background())
			for range len(o.inbox.names) - was {
				if single {
					sent = append(sent, o.now)
				}
			}
		}
		for n := range rapid.IntRange(1, 20).Draw(r, "steps") {
			o.now = o.now.Add(rapid.SampledFrom([]time.Duration{0, 300 * time.Millisecond, 7 * time.Second, 40 * time.Second}).Draw(r, "later"))
			for range rapid.IntRange(0, 4).Draw(r, "events") {
				told++
				o.journal.tell(named(fmt.Sprint(n, "-", told))...)
			}
			deliver()
		}
		for range told {
			o.now = o.now.Add(time.Minute)
			deliver()
		}
		if len(o.inbox.names) != told {
			r.Fatalf("%d of %d events were told", len(o.inbox.names), told)
		}
		for i, at := range sent {
			if i >= rate && at.Sub(sent[i-rate]) < time.Minute {
				r.Fatalf("%d messages within %s", rate+1, at.Sub(sent[i-rate]))
			}
		}
	})
}

// Each answer takes four seconds, and the run has ten: the third batch, which would be cut off and come twice, is not begun.
func TestNoBatchIsBegunThatWouldBeCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, in := newNotebook(), &inbox{during: func() { <-time.After(4 * time.Second) }}
		c := NewCourier(j, "", time.Now, slog.New(slog.DiscardHandler), Outlet{Name: "mail", Channel: in})
		if err := c.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		j.tell(flood(3 * most)...)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		d := c.Deliver(ctx)[0]
		s, err := Look(t.Context(), j, Outlet{Name: "mail"})
		if d.Sent != 2*most || d.Err != nil || d.Again.IsZero() || err != nil || !s.Down.IsZero() || s.Waiting != most {
			t.Errorf("got %+v; it stands at %+v, %v", d, s, err)
		}
	})
}
