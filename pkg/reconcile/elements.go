package reconcile

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// addElements asks each blocker what it would put in place: for what may be blocked, so that the
// intent can name it, and when grooming for what is held.
func (r *Reconciler) addElements(ctx context.Context, obs *plan.Observation, held []entity.Holding) {
	holds := map[heldKey]bool{}
	for _, h := range held {
		holds[heldKey{h.Target.Ref, h.Blocker}] = h.State == entity.Complete
	}
	for _, e := range r.Enforcers {
		r.addElementsOf(ctx, e, obs, holds)
	}
}

func (r *Reconciler) addElementsOf(ctx context.Context, e dispatch.Enforcer, obs *plan.Observation, holds map[heldKey]bool) {
	info := e.Info()
	var asked []int
	var targets []entity.Target
	for i, s := range obs.Seen {
		wanted := len(s.Matches) > 0 && info.Can(s.Target.Kind)
		if wanted && (r.Policy.Groom || !holds[heldKey{s.Target.Ref, info.Name}]) {
			asked, targets = append(asked, i), append(targets, s.Target)
		}
	}
	if len(targets) == 0 {
		return
	}
	answers, err := e.Elements(ctx, targets)
	if err != nil && entity.ClassOf(err) != entity.Unsupported {
		r.Log.Warn("elements unknown", "blocker", info.Name, "error", err)
	}
	for n, elements := range answers {
		s := &obs.Seen[asked[n]]
		if s.Elements == nil {
			s.Elements = map[string][]string{}
		}
		s.Elements[info.Name] = slices.Clone(elements)
	}
}
