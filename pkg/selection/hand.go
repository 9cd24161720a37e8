package selection

import (
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Hand observes what persons ordered of targets that no brain knows: each lives as long as its order.
// What is held without an order is gone.
func Hand(orders []entity.Order, held []entity.Ref, now time.Time) plan.Observation {
	obs := plan.Observation{Source: entity.SourceHand, Read: entity.Kinds()}
	holds := make(map[entity.Ref]bool, len(held))
	for _, ref := range held {
		holds[ref] = true
	}
	for _, o := range orders {
		if o.Target.Source != entity.SourceHand {
			continue
		}
		obs.Orders = append(obs.Orders, o)
		if ref := o.Target.Ref; !o.Ended(now) || holds[ref] {
			obs.Seen = append(obs.Seen, plan.Seen{Target: o.Target})
			delete(holds, ref)
		}
	}
	for _, ref := range held {
		if holds[ref] && ref.Source == entity.SourceHand {
			obs.Gone = append(obs.Gone, ref)
			delete(holds, ref)
		}
	}
	return obs
}
