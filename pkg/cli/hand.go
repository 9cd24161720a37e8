package cli

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

// handed reports that persons ordered something of targets that no brain knows, or that something is held or was
// begun for such an order. What the journal cannot tell is told by the pass.
func (s *system) handed(ctx context.Context) bool {
	orders, err := s.journal.Orders(ctx)
	if err != nil {
		return true
	}
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return true
	}
	left, err := s.journal.Leftovers(ctx, entity.SourceHand)
	return err != nil || len(left) > 0 ||
		slices.ContainsFunc(orders, func(o entity.Order) bool { return o.Target.Source == entity.SourceHand }) ||
		slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Target.Source == entity.SourceHand })
}

// observeHand answers for the kinds of this run. Orders that cannot be read freeze all of them.
func (s *system) observeHand(ctx context.Context, held []entity.Ref) plan.Observation {
	orders, err := s.journal.Orders(ctx)
	obs := selection.Hand(orders, held, s.app.Now())
	if err != nil {
		obs.Frozen = map[entity.Kind]string{}
		for _, k := range obs.Read {
			obs.Frozen[k] = err.Error()
		}
	}
	obs.Read = slices.DeleteFunc(obs.Read, func(k entity.Kind) bool { return !slices.Contains(s.only, k) })
	return obs
}
