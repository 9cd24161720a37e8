package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/entity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// office is a courier with one channel, and its time.
type office struct {
	*Courier
	journal *notebook
	inbox   *inbox
	now     time.Time
}

func newOffice(change func(*Outlet)) *office {
	o := &office{journal: newNotebook(), inbox: &inbox{}, now: epoch}
	out := Outlet{Name: "mail", Channel: o.inbox}
	if change != nil {
		change(&out)
	}
	o.Courier = NewCourier(o.journal, "site-a", func() time.Time { return o.now }, slog.New(slog.DiscardHandler), out)
	if err := o.Settle(context.Background()); err != nil {
		panic(err)
	}
	return o
}

func named(names ...string) []entity.Event {
	events := make([]entity.Event, len(names))
	for i, name := range names {
		events[i] = entity.Event{At: epoch, Last: epoch, Action: "block", Outcome: entity.OutcomeDone, Name: name}
	}
	return events
}

// round tells events and delivers.
func (o *office) round(t *testing.T, names ...string) Delivery {
	t.Helper()
	o.journal.tell(named(names...)...)
	return o.Deliver(t.Context())[0]
}

func wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestAChannelBeginsWithWhatHappensFromThenOn(t *testing.T) {
	o := &office{journal: newNotebook(), inbox: &inbox{}, now: epoch}
	o.journal.tell(named("before")...)
	o.Courier = NewCourier(o.journal, "", func() time.Time { return o.now }, slog.New(slog.DiscardHandler), Outlet{Name: "mail", Channel: o.inbox})
	o.round(t)
	o.round(t, "after")
	o.round(t)
	wants(t, "told", o.inbox.got(), "after")
	if o.inbox.asked != 1 {
		t.Errorf("asked %d times, want once: there was nothing else to tell", o.inbox.asked)
	}
}

// Ten passes while the channel is down, then one after it is up.
func TestWhatAChannelMissedComesOnce(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down = errors.New("535 no")
	var want []string
	for n := range 10 {
		name := fmt.Sprint("e", n)
		want = append(want, name)
		if d := o.round(t, name); d.Sent != 0 {
			t.Fatalf("pass %d sent %d", n, d.Sent)
		}
		o.now = o.now.Add(5 * time.Minute)
	}
	if s, err := Look(t.Context(), o.journal, o.routes[0].Outlet); err != nil || s.Waiting != 10 || s.Problem != "535 no" || !s.Down.Equal(epoch) {
		t.Errorf("it stands at %+v, %v", s, err)
	}
	o.inbox.down, o.now = nil, o.now.Add(longestWait)
	o.round(t)
	o.round(t)
	wants(t, "told", o.inbox.got(), strings.Join(want, " "))
	if s, err := Look(t.Context(), o.journal, o.routes[0].Outlet); err != nil || s != (Standing{Name: "mail"}) {
		t.Errorf("then it stands at %+v, %v", s, err)
	}
}

func TestAChannelThatIsDownIsLeftAloneForAWhile(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down = errors.New("no")
	asked := func() int { o.round(t); return o.inbox.asked }
	o.round(t, "e")
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 1}, {14 * time.Second, 1}, {time.Second, 2}, {29 * time.Second, 2}, {time.Second, 3}, {time.Hour, 4}, {14 * time.Minute, 5}} {
		o.now = o.now.Add(step.wait)
		if got := asked(); got != step.want {
			t.Errorf("after %s more it was asked %d times, want %d", step.wait, got, step.want)
		}
	}
	o.now = epoch.AddDate(-1, 0, 0) // the clock was wrong and is put right
	if got := asked(); got != 6 {
		t.Errorf("after the clock was put right it was asked %d times, want 6", got)
	}
}

func TestWhatWasTakenOfABatchIsNotSentAgain(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down, o.inbox.some = errors.New("the connection broke"), 2
	o.round(t, "a", "b", "c")
	o.inbox.down, o.now = nil, o.now.Add(time.Hour)
	o.round(t, "d")
	wants(t, "told", o.inbox.got(), "a b c d")
}

// The answer of the other end was lost: what comes again is the same batch under the same key, whatever happened since.
func TestABatchThatIsSentAgainIsTheSame(t *testing.T) {
	for name, fail := range map[string]func(*office){
		"the answer was lost": func(o *office) { o.inbox.down, o.inbox.lossy = errors.New("timeout"), true },
		"the process died":    func(o *office) { o.inbox.during = func() { o.journal.forgetful = true } },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(nil)
			fail(o)
			o.round(t, "a", "b")
			o.inbox.down, o.inbox.during, o.journal.forgetful, o.now = nil, nil, false, o.now.Add(time.Hour)
			o.round(t, "c")
			wants(t, "told by batches of different keys", o.inbox.got(), "a b c")
			if o.inbox.asked != 3 {
				t.Errorf("asked %d times, want 3: the same again, then the rest", o.inbox.asked)
			}
		})
	}
}

func TestOnlyWhatPassesTheFilterIsSent(t *testing.T) {
	o := newOffice(func(out *Outlet) { out.Filter = Filter{Topics: []Topic{TopicStop}} })
	o.journal.tell(entity.Event{Action: entity.EventPanic, Name: "p"})
	for n := range farthest + 1 {
		o.journal.tell(named(fmt.Sprint(n))[0])
	}
	o.journal.tell(entity.Event{Action: entity.EventResume, Name: "r"})
	o.round(t)
	o.round(t)
	wants(t, "told", o.inbox.got(), "p r")
}

func TestOnlyWhoWantsRepetitionsIsToldOfThem(t *testing.T) {
	for repeats, want := range map[bool]string{false: "a b", true: "a b a"} {
		o := newOffice(func(out *Outlet) { out.Repeats = repeats })
		o.round(t, "a")
		o.round(t, "b", "b") // again before it was told once
		o.round(t, "a")
		o.round(t)
		wants(t, fmt.Sprintf("told when repetitions are wanted: %v", repeats), o.inbox.got(), want)
	}
}

func TestWhatIsForgottenBeforeItCouldBeSentIsCounted(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down = errors.New("no")
	o.round(t, "old", "older")
	young := named("young")
	young[0].Last = epoch.Add(time.Hour)
	o.journal.tell(young...)
	for range 2 { // a process may die between this and the history's own forgetting
		if err := o.Forget(t.Context(), epoch.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	o.inbox.down, o.now = nil, o.now.Add(time.Hour)
	o.round(t)
	o.round(t, "new")
	wants(t, "told", o.inbox.got(), "young new")
	if got := []int{o.inbox.batches[0].Missed, o.inbox.batches[1].Missed}; !slices.Equal(got, []int{2, 0}) {
		t.Errorf("told that these were missed: %v, want 2 and then none", got)
	}
}

func TestAChannelThatWasNotInUseBeginsAnew(t *testing.T) {
	o := newOffice(nil)
	none := NewCourier(o.journal, "", o.Now, slog.New(slog.DiscardHandler))
	settle := func(c *Courier) {
		t.Helper()
		if err := c.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	settle(o.Courier)
	o.round(t, "a")
	settle(o.Courier)
	settle(none)
	o.journal.tell(named("while it was off")...)
	settle(o.Courier)
	o.round(t)
	o.round(t, "b")
	wants(t, "told", o.inbox.got(), "a b")
}

func TestTwoProcessesTellOnce(t *testing.T) {
	o := newOffice(nil)
	other := NewCourier(o.journal, "site-a", o.Now, slog.New(slog.DiscardHandler), o.routes[0].Outlet)
	o.inbox.during = func() { // while the one sends, the other looks
		if d := other.Deliver(t.Context())[0]; d.Sent != 0 || d.Err != nil {
			t.Errorf("the other process: %+v", d)
		}
	}
	o.round(t, "a")
	wants(t, "told", o.inbox.got(), "a")
}

func TestATestTellsWhatTheChannelAnswersAndEndsTheWait(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down = errors.New("535 no")
	o.round(t, "a")
	if got := o.Test(t.Context()); len(got) != 1 || got[0].Name != "mail" || got[0].Err == nil {
		t.Errorf("while it is down: %+v", got)
	}
	o.inbox.down = nil
	if got := o.Test(t.Context(), "mail"); len(got) != 1 || got[0].Err != nil {
		t.Errorf("when it is up: %+v", got)
	}
	o.round(t)
	wants(t, "told", o.inbox.got(), "a")
	if !o.inbox.batches[0].Test {
		t.Error("the test does not say that it is one")
	}
}

func TestNoChannelWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, dead, live := newNotebook(), &inbox{hangs: true}, &inbox{}
		c := NewCourier(j, "", time.Now, slog.New(slog.DiscardHandler), Outlet{Name: "dead", Channel: dead, Timeout: time.Minute}, Outlet{Name: "live", Channel: live})
		ctx, stop := context.WithCancel(t.Context())
		kept := make(chan struct{})
		go func() { defer close(kept); c.Keep(ctx) }()
		synctest.Wait()
		began := time.Now()
		for n := range 10 {
			j.tell(named(fmt.Sprint(n))...)
			c.Wake()
			synctest.Wait()
		}
		wants(t, "told at once", live.got(), "0 1 2 3 4 5 6 7 8 9")
		if waited := time.Since(began); waited != 0 {
			t.Errorf("that took %s", waited)
		}
		<-time.After(time.Minute)
		synctest.Wait()
		stop()
		<-kept
		if err := c.Close(); err != nil || !dead.closed || !live.closed {
			t.Errorf("closed: %v %v, %v", dead.closed, live.closed, err)
		}
		s, err := Look(t.Context(), j, Outlet{Name: "dead"})
		if err != nil || s.Problem != "no answer within 1m0s: context deadline exceeded" {
			t.Errorf("the dead one stands at %+v, %v", s, err)
		}
	})
}

func TestAKeptChannelIsTriedAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, in := newNotebook(), &inbox{down: errors.New("no")}
		c := NewCourier(j, "", time.Now, slog.New(slog.DiscardHandler), Outlet{Name: "mail", Channel: in})
		ctx, stop := context.WithCancel(t.Context())
		kept := make(chan struct{})
		go func() { defer close(kept); c.Keep(ctx) }()
		synctest.Wait()
		j.tell(named("a")...) // by another process, which does not wake this one
		<-time.After(2 * time.Minute)
		synctest.Wait()
		in.comeBack()
		<-time.After(longestWait)
		stop()
		<-kept
		wants(t, "told", in.got(), "a")
	})
}

func TestAChannelThatTakesNothingAndSaysNothingIsDown(t *testing.T) {
	o := newOffice(func(out *Outlet) { out.Channel = mute{} })
	if d := o.round(t, "a"); !errors.Is(d.Err, errTookNothing) {
		t.Errorf("got %v, want %v", d.Err, errTookNothing)
	}
}

type mute struct{}

func (mute) Send(context.Context, Batch) (int, error) { return 0, nil }
func (mute) Close() error                             { return nil }

func TestWhoComplainsHasTakenItAndIsNotDown(t *testing.T) {
	o := newOffice(nil)
	o.inbox.down, o.inbox.some = &Complaint{errors.New("refused for x")}, 1
	if d := o.round(t, "a"); d.Err != nil || d.Sent != 1 || !d.Again.IsZero() {
		t.Errorf("got %+v, want it sent and nothing to wait for", d)
	}
	if got, err := Look(t.Context(), o.journal, Outlet{Name: "mail"}); err != nil || !got.Down.IsZero() || got.Problem != "refused for x" || got.Waiting != 0 {
		t.Errorf("got %+v and %v, want the complaint of a channel that is not down", got, err)
	}
	o.inbox.down = nil
	o.round(t, "b")
	if got := o.inbox.got(); got != "a b" {
		t.Errorf("got %q, want each once", got)
	}
	if got, err := Look(t.Context(), o.journal, Outlet{Name: "mail"}); err != nil || got.Problem != "" {
		t.Errorf("got %+v and %v, want no complaint any more", got, err)
	}
}
