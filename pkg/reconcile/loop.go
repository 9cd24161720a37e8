package reconcile

import (
	"context"
	"time"
)

// Loop makes one pass after another, never two at a time, and between them what is asked for from outside.
type Loop struct {
	// Pass makes one pass; its error ends the loop.
	Pass func(context.Context) error
	// Wait is how long after now the pass comes that follows the one which began at started.
	Wait func(started, now time.Time) time.Duration
	Now  func() time.Time
	// Pause waits, or ends early with the context.
	Pause func(context.Context, time.Duration) error
	// Again asks for a pass at once, Changed for a Reload; nil: nobody does. What is asked for during a pass comes
	// after it. Who asks leaves room for one, so that it comes once.
	Again, Changed <-chan struct{}
	// Reload replaces what passes are made with.
	Reload func(context.Context)
}

// Run goes on until the context ends, which is its proper end, or a pass fails. A pass that is under way when the
// context ends is waited for.
func (l *Loop) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		started := l.Now()
		if err := l.Pass(ctx); err != nil {
			return err
		}
		for ctx.Err() == nil && !l.rested(ctx, started) {
			l.Reload(ctx)
		}
	}
	return nil
}

// rested waits until the next pass is due, asked for, or never to come. It is false when a reload comes before.
func (l *Loop) rested(ctx context.Context, started time.Time) bool {
	switch {
	case asked(l.Changed):
		return false
	case asked(l.Again):
		return true
	}
	over, stop := l.pausing(ctx, l.Wait(started, l.Now()))
	defer stop()
	select {
	case <-over:
	case <-l.Again:
	case <-ctx.Done():
	case <-l.Changed:
		return false
	}
	return true
}

// asked takes what waits in a channel.
func asked(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// pausing begins a pause that can be left early, and has to be.
func (l *Loop) pausing(ctx context.Context, d time.Duration) (over <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.Pause(ctx, d) // however it ends, it is over
	}()
	return done, func() {
		cancel()
		<-done
	}
}
