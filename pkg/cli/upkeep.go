package cli

import (
	"context"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// round is a pass over all sources with what goes before and after it.
func (s *system) round(ctx context.Context, dry bool) []reconcile.Report {
	s.ending.enter()
	defer s.ending.leave()
	s.tellStops(ctx)
	began := s.app.Now()
	reports := s.pass(ctx, dry)
	if !dry {
		s.upkeep(context.WithoutCancel(ctx), reports)
	}
	s.ended(ctx, began, reports, dry)
	return reports
}

// upkeep remembers which sources were read completely, and forgets old history. Where it fails the pass is none
// the worse for it.
func (s *system) upkeep(ctx context.Context, reports []reconcile.Report) {
	for _, r := range reports {
		if !s.complete(r) {
			continue
		}
		if err := s.journal.Remember(ctx, view.CompleteKey(r.Source), s.app.Now().UTC().Format(time.RFC3339)); err != nil {
			s.log.Warn("journal does not remember the pass", "source", r.Source, "error", err)
		}
	}
	before := s.app.Now().Add(-s.cfg.Run.KeepHistory)
	s.forgetEvents(ctx, before)
	if err := s.journal.Prune(ctx, before); err != nil {
		s.log.Warn("history not pruned", "error", err)
	}
}

// complete reports that a pass read everything of a source.
func (s *system) complete(r reconcile.Report) bool {
	return s.configured(r.Source) && r.Source != entity.SourceHand && len(s.only) == len(entity.Kinds()) &&
		r.Fatal == nil && r.Leased == nil && len(r.Plan.Frozen) == 0
}
