// Package wait waits for time to pass, but no longer than somebody wants the outcome.
package wait

import (
	"context"
	"time"
)

// For waits for a while. When the context ends before, it answers at once with its cause.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
