package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// ErrDeadline says that something was not begun since the pass has no time left. It is done by the next pass.
var ErrDeadline = errors.New("left for the next pass: run.deadline is over")

// Left reports that an item was not begun before the deadline.
func (r Result) Left() bool { return errors.Is(r.Err, ErrDeadline) }

// late says why a batch is not begun any more; nil: it is. What is under way is never cut.
func (d *Dispatcher) late(ctx context.Context, until time.Time) error {
	switch {
	case ctx.Err() != nil:
		return notStarted(ctx)
	case !until.IsZero() && !d.now().Before(until):
		return &entity.Error{Class: entity.Transient, Err: ErrDeadline}
	}
	return nil
}

// waiting is the context of a wait that is over with the deadline.
func (d *Dispatcher) waiting(ctx context.Context, until time.Time) (context.Context, context.CancelFunc) {
	if until.IsZero() {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, until.Sub(d.now()), ErrDeadline)
}
