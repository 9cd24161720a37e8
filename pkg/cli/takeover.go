package cli

import (
	"context"
	"sync"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// takeOver has every brain that the journal does not know yet say what it holds, before anything is
// released: on shared devices an element may be held for a brain whose tags nobody has read. A
// single brain shares nothing. The static list is asked where a predecessor left one.
func (s *system) takeOver(ctx context.Context, sources []reconcile.Source) error {
	if len(s.cfg.Brains) < 2 && s.cfg.Static.TakenOver == "" {
		return nil
	}
	known, err := s.journal.Known(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, src := range sources {
		if s.holdsUntold(src) && !known[src.Name] {
			wg.Go(func() { s.takeOverOne(ctx, src) })
		}
	}
	wg.Wait()
	return nil
}

// holdsUntold reports that a source may hold what the journal does not know.
func (s *system) holdsUntold(src reconcile.Source) bool {
	if src.Name == entity.SourceStatic {
		return s.cfg.Static.TakenOver != ""
	}
	return src.Record != nil && len(s.cfg.Brains) > 1
}

// takeOverOne leaves telling of a failure to the pass that follows, which meets it too.
func (s *system) takeOverOne(ctx context.Context, src reconcile.Source) {
	whole, err := s.rec.TakeOver(ctx, src)
	if err == nil && whole && len(s.only) == len(entity.Kinds()) {
		err = s.journal.Know(ctx, src.Name)
	}
	if err != nil {
		s.log.Info("source not taken over", "source", src.Name, "error", err)
	}
}
