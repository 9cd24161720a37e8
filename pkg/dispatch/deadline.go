package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// ErrDeadline says that something was not begun since the pass has no time left. It is done by the next pass.
var ErrDeadline = errors.New("left for the next pass: run.deadline is over")

// ErrStopped says that something was not begun since the program was told to end. It is done by the next pass.
var ErrStopped = errors.New("left for the next pass: told to end")

// Left reports that an item was not begun, since there was no time or the program was told to end.
func (r Result) Left() bool { return errors.Is(r.Err, ErrDeadline) || errors.Is(r.Err, ErrStopped) }

// late says why a batch is not begun any more; nil: it is. What is under way is never cut.
func (d *Dispatcher) late(ctx context.Context, until time.Time) error {
	switch {
	case ctx.Err() != nil:
		return Stopped(ctx)
	case !until.IsZero() && !d.now().Before(until):
		return tooLate()
	}
	return nil
}

func tooLate() error { return &entity.Error{Class: entity.Transient, Err: ErrDeadline} }

// before is a context in which somebody is waited for, no longer than until the deadline. told makes of an error
// that comes of it what is said of a pass without time.
func (d *Dispatcher) before(ctx context.Context, until time.Time) (waiting context.Context, stop context.CancelFunc, told func(error) error) {
	if until.IsZero() {
		waiting, stop = context.WithCancel(ctx)
		return waiting, stop, func(err error) error { return err }
	}
	waiting, stop = context.WithTimeoutCause(ctx, until.Sub(d.now()), ErrDeadline)
	return waiting, stop, func(err error) error {
		if err != nil && errors.Is(context.Cause(waiting), ErrDeadline) {
			return tooLate()
		}
		return err
	}
}
