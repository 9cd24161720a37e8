package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Tested is what a channel answered to a test.
type Tested struct {
	Name string
	// Err is why it was not taken.
	Err error
}

// Test sends a message that says it is a test through some channels, all where none is named, side by side. A channel that
// takes it is not left alone any longer for having been down.
func (c *Courier) Test(ctx context.Context, names ...string) []Tested {
	var results []Tested
	for _, r := range c.routes {
		if len(names) == 0 || slices.Contains(names, r.Name) {
			results = append(results, Tested{Name: r.Name})
		}
	}
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() { results[i].Err = c.test(ctx, c.route(results[i].Name)) })
	}
	all.Wait()
	return results
}

func (c *Courier) route(name string) *route {
	return c.routes[slices.IndexFunc(c.routes, func(r *route) bool { return r.Name == name })]
}

func (c *Courier) test(ctx context.Context, r *route) error {
	r.busy.Lock()
	defer r.busy.Unlock()
	now := c.Now()
	whose := c.whose(r, load{until: now.UnixNano()}, &state{})
	_, err := r.send(ctx, Batch{Test: true, At: now, Key: key(whose, nil), whose: whose})
	if err == nil {
		c.recovered(ctx, r)
	}
	return err
}

// recovered forgets that a channel was to be left alone, unless another process knows better at the moment.
func (c *Courier) recovered(ctx context.Context, r *route) {
	release, err := c.Journal.Acquire(ctx, Key(r.Name), 0)
	if err != nil {
		return
	}
	defer release()
	s, known, err := recall(ctx, c.Journal, r.Name)
	if err != nil || !known || s.Failures == 0 {
		return
	}
	s.Next = time.Time{}
	if err := c.remember(ctx, r, s); err != nil {
		c.Log.Warn("journal does not remember that a channel works", "channel", r.Name, "error", err)
	}
}
