package vectra_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// stillClock moves when a test moves it.
type stillClock struct {
	mu       sync.Mutex
	moved    *sync.Cond
	now      time.Time
	sleepers []sleeper
	// slept has something when somebody began to sleep.
	slept chan struct{}
}

type sleeper struct {
	until time.Time
	wake  chan struct{}
}

func newStillClock() *stillClock {
	c := &stillClock{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), slept: make(chan struct{}, 1)}
	c.moved = sync.NewCond(&c.mu)
	return c
}

func (c *stillClock) set(cfg *vectra.Config) { cfg.Now, cfg.Wait = c.Now, c.Wait }

func (c *stillClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stillClock) Wait(ctx context.Context, d time.Duration) error {
	s := sleeper{wake: make(chan struct{})}
	c.mu.Lock()
	s.until = c.now.Add(d)
	c.sleepers = append(c.sleepers, s)
	c.moved.Broadcast()
	c.mu.Unlock()
	select {
	case c.slept <- struct{}{}:
	default:
	}
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// await waits until n sleep.
func (c *stillClock) await(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.sleepers) < n {
		c.moved.Wait()
	}
}

// run lets a second pass whenever somebody sleeps, until done is closed.
func (c *stillClock) run(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-c.slept:
			for c.sleeping() {
				c.pass(time.Second)
			}
		}
	}
}

func (c *stillClock) sleeping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sleepers) > 0
}

// pass wakes those whose time has come.
func (c *stillClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.sleepers = slices.DeleteFunc(c.sleepers, func(s sleeper) bool {
		if s.until.After(c.now) {
			return false
		}
		close(s.wake)
		return true
	})
}

// next goes to the time at which the first wakes.
func (c *stillClock) next() {
	c.mu.Lock()
	first := slices.MinFunc(c.sleepers, func(a, b sleeper) int { return a.until.Compare(b.until) })
	d := first.until.Sub(c.now)
	c.mu.Unlock()
	c.pass(d)
}

// arrivals are when requests arrived, by the clock of the test.
type arrivals struct {
	mu sync.Mutex
	at []time.Time
}

func (a *arrivals) add(at time.Time) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, at)
	return len(a.at)
}

func (a *arrivals) all() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.at)
}

// askAll asks for n hosts at the same time; the wait ends when all are answered.
func askAll(t *testing.T, c *vectra.Console, n int) (wait func()) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := c.Target(t.Context(), hostRef(fmt.Sprint(i+1))); err != nil {
				t.Error(err)
			}
		})
	}
	return wg.Wait
}

// One request is told to wait; what already waits for a slot, what comes later and the one itself all do.
func TestA429HoldsBackWhatIsAskedAtTheSameTime(t *testing.T) {
	const parallel, asked = 3, 10
	clk := newStillClock()
	var arrived arrivals
	all := make(chan struct{}) // closed when as many as may be are under way
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts/{id}", func(w http.ResponseWriter, r *http.Request) {
		n := arrived.add(clk.Now())
		if n == parallel {
			close(all)
		}
		<-all
		if n <= parallel {
			w.Header().Set("Retry-After", "60")
			reply(w, 429, `{}`)
			return
		}
		reply(w, 200, fmt.Sprintf(`{"id":%s}`, r.PathValue("id")))
	})
	c := b.qux(clk.set, func(cfg *vectra.Config) { cfg.Parallel = parallel })
	began := clk.Now()
	wait := askAll(t, c, asked)
	clk.await(parallel)
	clk.pass(59 * time.Second)
	clk.await(parallel)
	if n := len(arrived.all()); n != parallel {
		t.Errorf("%d requests before the gate opened, want the %d that closed it", n, parallel)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		wait()
	}()
	clk.run(answered) // a refusal that is read only now closes the gate for longer
	for _, at := range arrived.all()[parallel:] {
		if at.Before(began.Add(time.Minute)) {
			t.Errorf("a request began %s after it, the brain asked for a minute", at.Sub(began))
		}
	}
	if n := len(arrived.all()); n != asked+parallel {
		t.Errorf("%d requests, want %d and %d repeats", n, asked, parallel)
	}
}

// A pause counts for what waited for its turn when the brain asked for it.
func TestWhatWaitsForItsTurnHeedsAPause(t *testing.T) {
	clk := newStillClock()
	var arrived arrivals
	came, refuse := make(chan struct{}, 4), make(chan struct{})
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts/{id}", func(w http.ResponseWriter, r *http.Request) {
		n := arrived.add(clk.Now())
		came <- struct{}{}
		if n == 1 {
			<-refuse
			w.Header().Set("Retry-After", "60")
			reply(w, 429, `{}`)
			return
		}
		reply(w, 200, fmt.Sprintf(`{"id":%s}`, r.PathValue("id")))
	})
	c := b.qux(clk.set, func(cfg *vectra.Config) { cfg.Parallel, cfg.Rate = 2, 1 })
	began := clk.Now()
	wait := askAll(t, c, 2)
	<-came
	clk.await(1) // the second waits for its turn
	close(refuse)
	clk.await(2) // the first waits for the gate
	clk.pass(time.Second)
	waits := make(chan struct{})
	go func() { clk.await(2); close(waits) }()
	select {
	case <-waits:
	case <-came:
		t.Error("its turn came, and the pause did not count")
	}
	clk.pass(time.Minute)
	wait()
	for _, at := range arrived.all()[1:] {
		if at.Before(began.Add(time.Minute)) {
			t.Errorf("a request began %s after it, the brain asked for a minute", at.Sub(began))
		}
	}
}

func TestRequestsBeginNoFasterThanTheRate(t *testing.T) {
	const parallel, asked = 4, 9
	clk := newStillClock()
	var arrived arrivals
	came := make(chan struct{}, asked)
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts/{id}", func(w http.ResponseWriter, r *http.Request) {
		arrived.add(clk.Now())
		came <- struct{}{}
		reply(w, 200, fmt.Sprintf(`{"id":%s}`, r.PathValue("id")))
	})
	c := b.qux(clk.set, func(cfg *vectra.Config) { cfg.Parallel, cfg.Rate = parallel, 2 })
	wait := askAll(t, c, asked)
	for left := asked - 1; left > 0; left-- {
		<-came
		clk.await(min(parallel, left))
		clk.next()
	}
	wait()
	at := arrived.all()
	slices.SortFunc(at, time.Time.Compare)
	for i := 1; i < len(at); i++ {
		if d := at[i].Sub(at[i-1]); d != 500*time.Millisecond {
			t.Errorf("request %d began %s after the one before, want half a second at 2 per second", i+1, d)
		}
	}
}

// A write that follows its read waits for nobody: what somebody else did meanwhile would be lost. Whoever comes next
// waits longer instead.
func TestAWriteThatFollowsItsReadTakesItsTurnFromTheNext(t *testing.T) {
	clk := newClock()
	b := newBrain(t).granting()
	(&tagStore{tags: map[string][]string{"1": {"SOC"}, "2": {"SOC"}}}).attach(b, "3.4", "host")
	c := b.rux(timed(clk), func(cfg *vectra.Config) { cfg.Rate = 1 })
	for _, id := range []string{"1", "2"} {
		if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef(id), Add: []string{"a"}}})[0]; err != nil {
			t.Fatal(err)
		}
	}
	want := "[1s 2s]" // the token; a second later read and write; two seconds later read and write
	if got := fmt.Sprint(clk.waited()); got != want || b.total() != 5 {
		t.Errorf("waited %s for %d requests, want %s for 5", got, b.total(), want)
	}
}
