package vectra

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate holds back every request to a brain until the brain wants to be asked again.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// shut keeps the gate closed at least until t.
func (g *gate) shut(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.After(g.until) {
		g.until = t
	}
}

func (g *gate) remaining(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until.Sub(now)
}

// pass waits until the gate is open.
func (c *Console) pass(ctx context.Context) error {
	for {
		d := c.gate.remaining(c.now())
		if d <= 0 {
			return nil
		}
		if err := c.wait(ctx, d); err != nil {
			return err
		}
	}
}

// pace is how many requests may begin per second, one after the other; nil: as many as come.
func pace(perSecond float64) *rate.Limiter {
	if perSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), 1)
}

// begin waits until a request may begin. A fresh one never waits: it takes its turn from those behind it, or is stale
// where the gate is closed.
func (c *Console) begin(ctx context.Context, k call) error {
	if k.fresh {
		c.turn()
		if c.gate.remaining(c.now()) > 0 {
			return &stale{errShut}
		}
		return nil
	}
	err := c.pass(ctx)
	if d := c.turn(); err == nil && d > 0 {
		err = c.wait(ctx, d)
	}
	if err == nil {
		err = c.pass(ctx)
	}
	if err != nil {
		return &lost{err: err}
	}
	return nil
}

// turn takes a turn, and says how far off it is.
func (c *Console) turn() time.Duration {
	if c.pace == nil {
		return 0
	}
	now := c.now()
	return c.pace.ReserveN(now, 1).DelayFrom(now)
}
