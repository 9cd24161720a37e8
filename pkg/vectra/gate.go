package vectra

import (
	"context"
	"sync"
	"time"
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
