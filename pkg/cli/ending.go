package cli

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ending is how a run ends when it is told to: it begins nothing more, and what is under way has a while to finish.
type ending struct {
	app *App
	// told ends with the first order to end, work when nobody waits for what is under way any longer.
	told, work context.Context //nolint:containedctx // ends that several parts wait for
	cut        context.CancelCauseFunc
	patience   atomic.Int64
	// busy: something is under way; lost: it was when nobody waited any longer.
	busy, lost atomic.Bool
	forget     func() bool
	counted    chan struct{}
}

var (
	errHurried = errors.New("told to end at once")
	errOver    = errors.New("run.stop_timeout is over")
	errDone    = errors.New("the run is over")
)

// newEnding watches for the end of a context. Close it.
func (a *App) newEnding(told context.Context, patience time.Duration) *ending {
	e := &ending{app: a, told: told, counted: make(chan struct{})}
	e.patience.Store(int64(patience))
	e.work, e.cut = context.WithCancelCause(context.WithoutCancel(told))
	e.forget = context.AfterFunc(told, e.countDown)
	return e
}

// countDown gives what is under way its time.
func (e *ending) countDown() {
	defer close(e.counted)
	patience := time.Duration(e.patience.Load())
	if e.busy.Load() {
		fmt.Fprintf(e.app.Err, "told to end (%v): what is under way has %s to finish; say it again to end at once\n", context.Cause(e.told), patience)
	}
	over := time.NewTimer(patience)
	defer over.Stop()
	select {
	case <-over.C:
		e.cutOff(errOver)
	case <-e.app.Hurry:
		e.cutOff(errHurried)
	case <-e.work.Done():
	}
}

func (e *ending) cutOff(why error) {
	e.lost.Store(e.busy.Load())
	e.cut(why)
}

// enter says that something is under way, leave that it is over.
func (e *ending) enter() {
	if e != nil {
		e.busy.Store(true)
	}
}

func (e *ending) leave() {
	if e != nil {
		e.busy.Store(false)
	}
}

// linger gives the context of what has begun.
func (e *ending) linger(context.Context) context.Context { return e.work }

// pause ends early when the run is told to end, also where what has begun goes on.
func (e *ending) pause(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.told, func() { cancel(context.Cause(e.told)) })()
	return e.app.Pause(ctx, d)
}

// endGently lets what is under way finish when the context ends.
func (s *system) endGently(ctx context.Context) {
	s.ending = s.app.newEnding(ctx, s.cfg.Run.StopTimeout)
	s.rec = s.reconciler()
}

// close ends the watch. Its error says that something was cut off.
func (e *ending) close() error {
	e.cut(errDone)
	if !e.forget() {
		<-e.counted
	}
	if why := context.Cause(e.work); !errors.Is(why, errDone) && e.lost.Load() {
		fmt.Fprintf(e.app.Err, "cut off, %v: what was under way is settled by the next pass\n", why)
		return &exit{ExitError, nil}
	}
	return nil
}
