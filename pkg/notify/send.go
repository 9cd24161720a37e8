package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/internal/inert"
)

// errTookNothing is a channel that neither took something nor said why.
var errTookNothing = errors.New("it was not taken")

// send sends one batch and remembers what became of it. The batch is remembered before, so that it is the same one when
// it has to be sent again. An error is the journal's.
func (c *Courier) send(ctx context.Context, r *route, s *state, l load, d *Delivery) error {
	if s.Until != l.until {
		s.Until = l.until
		if err := c.remember(ctx, r, s); err != nil {
			return err
		}
	}
	b := Batch{Events: l.events, More: l.more, Missed: s.Missed, At: c.Now(), whose: c.whose(r, l, s)}
	b.Key = key(b.whose, b.Events)
	taken, err := r.send(ctx, b)
	var complaint *Complaint
	if errors.As(err, &complaint) {
		taken, err = len(b.Events), nil
	}
	if taken = min(max(taken, 0), len(b.Events)); err == nil && taken < len(b.Events) {
		err = errTookNothing
	}
	d.Sent += taken
	c.took(r, s, l, taken, err == nil)
	r.spend(s, c.Now(), taken, err == nil)
	switch {
	case err == nil:
		c.tellWell(r, s)
		c.complain(r, s, complaint)
		s.Next = r.full(s, c.Now())
	case !errors.Is(ctx.Err(), context.Canceled): // one that was told to end says nothing of the channel
		c.tellDown(r, s, err)
		s.failed(c.Now(), err)
		d.Again = s.Next
	}
	d.Err = err
	return c.remember(ctx, r, s)
}

// took moves the cursor behind what was taken.
func (c *Courier) took(r *route, s *state, l load, taken int, whole bool) {
	switch {
	case whole:
		s.Cursor, s.Until, s.Missed = l.until, 0, 0
	case taken > 0:
		s.Cursor, s.Missed = r.position(l.events[taken-1].Event), 0
	}
}

// send is one message, or many where each event is one.
func (r *route) send(ctx context.Context, b Batch) (taken int, err error) {
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.Timeout, fmt.Errorf("no answer within %s: %w", r.Timeout, context.DeadlineExceeded))
		defer cancel()
	}
	return r.Channel.Send(ctx, b)
}

// passOver remembers how far the history was read where nothing of it was for the channel, now and then.
func (c *Courier) passOver(ctx context.Context, r *route, s *state, l load) error {
	if s.Until == 0 && l.until-s.Cursor < page {
		return nil
	}
	s.Cursor, s.Until = l.until, 0
	return c.remember(ctx, r, s)
}

// complain remembers what a channel that is well complains of, and tells it when it is another complaint than before.
func (c *Courier) complain(r *route, s *state, complaint *Complaint) {
	was := s.Problem
	if s.well(); complaint == nil {
		return
	}
	if s.Problem = inert.Short(complaint.Error(), longestProblem); s.Problem != was {
		c.Log.Warn("channel takes messages, but not for all", "channel", r.Name, "error", complaint)
	}
}

func (c *Courier) tellDown(r *route, s *state, err error) {
	if s.Failures == 0 {
		c.Log.Warn("channel is down: what it misses is sent later", "channel", r.Name, "error", err)
	}
}

func (c *Courier) tellWell(r *route, s *state) {
	if s.Failures > 0 {
		c.Log.Warn("channel takes messages again", "channel", r.Name, "before", s.Down)
	}
}
