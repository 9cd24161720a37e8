package vectra

import (
	"context"
	"fmt"
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

// pass waits until the gate is open. What would have to wait too long fails at once: a pass over a brain that wants
// to be left alone for an hour must not keep the next pass over the others waiting.
func (c *Console) pass(ctx context.Context) error {
	for {
		d := c.gate.remaining(c.now())
		if d <= 0 {
			return nil
		}
		if d > longestWait {
			return fmt.Errorf("%w, in %s", errShut, d.Round(time.Second))
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
	if err := c.await(ctx); err != nil {
		return &lost{err: err}
	}
	return nil
}

// await waits for the gate and for a turn, which is taken of those only that may go.
func (c *Console) await(ctx context.Context) error {
	if err := c.pass(ctx); err != nil {
		return err
	}
	if d := c.turn(); d > 0 {
		if err := c.wait(ctx, d); err != nil {
			return err
		}
	}
	return c.pass(ctx)
}

// turn takes a turn, and says how far off it is.
func (c *Console) turn() time.Duration {
	if c.pace == nil {
		return 0
	}
	now := c.now()
	return c.pace.ReserveN(now, 1).DelayFrom(now)
}
