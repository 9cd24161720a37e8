package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/var-project/var/pkg/view"
)

// facts is what a loop knows of itself, for whoever asks at any time.
type facts struct {
	meter   *meter
	started time.Time
	beats   func() bool
	// ctx is that of the loop, and goes on when it is told to end.
	ctx context.Context //nolint:containedctx // what is heard of the listener has none

	// asking is held while the journal is asked what the metrics are to show.
	asking sync.Mutex

	mu sync.Mutex
	// system is that of the configuration in force. Only what stays as it is in it is looked at: configuration,
	// journal, sources.
	system *system
	// interval is from one pass to the next.
	interval time.Duration
}

func newFacts(ctx context.Context, s *system, beats func() bool) *facts {
	return &facts{ctx: context.WithoutCancel(ctx), meter: s.app.meter, started: s.app.Now(), beats: beats, system: s}
}

// goBy puts another configuration in force.
func (f *facts) goBy(s *system, interval time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.system, f.interval = s, interval
}

func (f *facts) now() (*system, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.system, f.interval
}

// endless is how long a pass may take at most, whatever its blockers say of themselves.
const endless = 24 * time.Hour

// Alive is nil as long as the loop gets on. Who hangs in something that should end by itself is found after a day.
func (f *facts) Alive() error {
	s, interval := f.now()
	last := f.meter.lastPass()
	if last.IsZero() {
		last = f.started
	}
	if took := s.app.Now().Sub(last); took > interval+endless {
		return fmt.Errorf("no pass has ended for %s", took.Round(time.Second))
	}
	if !f.beats() {
		return errors.New("the loop does not get on")
	}
	return nil
}

// Ready is nil once a pass was made and while the journal answers.
func (f *facts) Ready(ctx context.Context) error {
	if f.meter.lastPass().IsZero() {
		return errors.New("the first pass is under way")
	}
	s, _ := f.now()
	if _, err := s.journal.Stops(ctx); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// freshTime is how long a scrape waits for the journal.
const freshTime = 2 * time.Second

// refresh brings the metrics up to date. Who comes while another one does that gets what is there.
func (f *facts) refresh(ctx context.Context) {
	if !f.asking.TryLock() {
		return
	}
	defer f.asking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, freshTime)
	defer cancel()
	s, _ := f.now()
	if err := s.measureNow(ctx); err != nil && ctx.Err() == nil {
		s.log.Debug("metrics are not up to date", "error", err)
	}
}

// listening hears how the listener fares.
func (f *facts) listening(address string, err error) {
	s, _ := f.now()
	if err == nil {
		s.log.Info("admin listener", "address", address)
		f.keep(s, nil)
		return
	}
	f.meter.NotListening()
	s.log.Error("admin listener does not listen, tried again all the time", "address", address, "error", err)
	f.keep(s, &view.Listener{Address: address, Since: s.app.Now().UTC(), Problem: err.Error()})
}

// keep has status tell what is wrong with the listener; nil: nothing is any more.
func (f *facts) keep(s *system, l *view.Listener) {
	if s.dry {
		return
	}
	ctx, cancel := context.WithTimeout(f.ctx, freshTime)
	defer cancel()
	host, _ := os.Hostname() // nobody needs to know it
	err := view.ForgetListener(ctx, s.journal, host)
	if l != nil {
		l.Host = host
		err = view.RememberListener(ctx, s.journal, *l)
	}
	if err != nil {
		s.log.Warn("journal does not remember the admin listener", "error", err)
	}
}
