package cli

import (
	"context"
	"time"

	"github.com/var-project/var/pkg/reconcile"
)

// ended hears of every round that was made: when it began, what it found and did, and whether it was a dry one, after which
// nothing may be written or sent. What is done here does not change how the round ends.
func (s *system) ended(ctx context.Context, began time.Time, reports []reconcile.Report, dry bool) {
	s.rememberPasses(ctx, began, reports, dry)
	s.tellLog(ctx, began, reports, dry)
	s.measure(ctx, began, reports)
	s.announce(ctx, reports, dry)
}
