package notify

import (
	"context"
	"errors"
	"time"
)

// Forget prepares for it that what happened last before a time leaves the history: of what a channel was not told by then
// only the number is kept, for its next message.
func (c *Courier) Forget(ctx context.Context, before time.Time) error {
	var errs []error
	for _, r := range c.routes {
		errs = append(errs, c.forget(ctx, r, before))
	}
	return errors.Join(errs...)
}

func (c *Courier) forget(ctx context.Context, r *route, before time.Time) error {
	r.busy.Lock()
	defer r.busy.Unlock()
	s, known, err := recall(ctx, c.Journal, r.Name)
	if err != nil || !known || !c.late(ctx, r, s, before) {
		return err
	}
	release, err := c.Journal.Acquire(ctx, Key(r.Name), 0)
	if err != nil {
		return ignoreLeased(err) // it is being sent
	}
	defer release()
	if s, _, err = recall(ctx, c.Journal, r.Name); err == nil {
		err = c.drop(ctx, r, s, before)
	}
	if err != nil {
		return err
	}
	return c.remember(ctx, r, s)
}

// late reports that something waits which is about to be forgotten.
func (c *Courier) late(ctx context.Context, r *route, s *state, before time.Time) bool {
	events, err := r.page(ctx, c.Journal, s.Cursor)
	return err == nil && len(events) > 0 && events[0].Last.Before(before)
}

// drop passes over what is about to be forgotten, and counts it.
func (c *Courier) drop(ctx context.Context, r *route, s *state, before time.Time) error {
	for {
		events, err := r.page(ctx, c.Journal, s.Cursor)
		if err != nil {
			return err
		}
		for _, e := range events {
			if !e.Last.Before(before) {
				return nil
			}
			s.Cursor = r.position(e)
			if r.Filter.Passes(Classify(e)) {
				s.Missed++
			}
		}
		if s.Until = 0; len(events) == 0 {
			return nil
		}
	}
}
