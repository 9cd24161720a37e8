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
		return tooLate()
	}
	return nil
}

func tooLate() error { return &entity.Error{Class: entity.Transient, Err: ErrDeadline} }

// enterBefore takes the turn on a blocker; who works there is waited for no longer than until the deadline.
func (d *Dispatcher) enterBefore(ctx context.Context, until time.Time, q *queue, name string) (leave func(), err error) {
	if until.IsZero() {
		return d.enter(ctx, q, name, d.options.LeaseWait)
	}
	timed, stop := context.WithTimeoutCause(ctx, until.Sub(d.now()), ErrDeadline)
	defer stop()
	leave, err = d.enter(timed, q, name, d.options.LeaseWait)
	if err != nil && errors.Is(context.Cause(timed), ErrDeadline) {
		err = tooLate()
	}
	return leave, err
}
