package notify

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// namesKey is where the journal remembers which channels there are.
const namesKey = "notify"

// Settle has channels that were not in use until now begin with what happens from now on, and forgets what those were told
// that are not in use any more. Call it before anything happens that is to be told.
func (c *Courier) Settle(ctx context.Context) error {
	names := make([]string, len(c.routes))
	for i, r := range c.routes {
		names[i] = r.Name
	}
	now, err := json.Marshal(names)
	if err != nil {
		return err
	}
	text, known, err := c.Journal.Recall(ctx, namesKey)
	if err != nil || text == string(now) || !known && len(names) == 0 {
		return err
	}
	var was []string
	if known {
		err = json.Unmarshal([]byte(text), &was)
	}
	return errors.Join(err, c.begin(ctx, was), c.leave(ctx, was, names), c.Journal.Remember(ctx, namesKey, string(now)))
}

func (c *Courier) begin(ctx context.Context, was []string) error {
	var errs []error
	for _, r := range c.routes {
		if slices.Contains(was, r.Name) {
			continue
		}
		last, err := c.Journal.LastRevision(ctx)
		errs = append(errs, err)
		if err == nil {
			errs = append(errs, c.remember(ctx, r, &state{Cursor: last}))
		}
	}
	return errors.Join(errs...)
}

func (c *Courier) leave(ctx context.Context, was, names []string) error {
	var errs []error
	for _, name := range was {
		if !slices.Contains(names, name) {
			errs = append(errs, c.Journal.Forget(ctx, Key(name)))
		}
	}
	return errors.Join(errs...)
}
