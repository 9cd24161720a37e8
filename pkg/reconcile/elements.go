package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// addElements asks each blocker what it would put in place: for what may be blocked, so that the
// intent can name it, and when grooming for what is held.
func (r *Reconciler) addElements(ctx context.Context, l *look) {
	ordered := r.orderedBlocks(l.obs.Orders)
	for _, e := range r.Enforcers {
		if err := r.addElementsOf(ctx, e, l, ordered); err != nil {
			l.problems = append(l.problems, err)
		}
	}
}

// addElementsOf fails when it stays unknown whether something that is held has moved. Elements of
// what is to be blocked are told by the block itself.
func (r *Reconciler) addElementsOf(ctx context.Context, e dispatch.Enforcer, l *look, ordered map[entity.Ref]bool) error {
	info := e.Info()
	var asked []int
	var targets []entity.Target
	grooms := false
	held := l.held.walk()
	for i := range l.obs.Seen {
		s := &l.obs.Seen[i]
		state := stateOn(info.Name, held(s.Target.Ref))
		wanted := (len(s.Matches) > 0 || ordered[s.Target.Ref]) && info.Can(s.Target.Kind)
		if wanted && (r.Policy.Groom || state != entity.Complete) {
			asked, targets = append(asked, i), append(targets, s.Target)
			grooms = grooms || r.Policy.Groom && state != ""
		}
	}
	if len(targets) == 0 {
		return nil
	}
	answers, err := e.Elements(ctx, targets)
	for n, elements := range answers {
		s := &l.obs.Seen[asked[n]]
		if s.Elements == nil {
			s.Elements = map[string][]string{}
		}
		s.Elements[info.Name] = slices.Clone(elements)
	}
	switch {
	case err == nil || entity.OnlySoft(err):
		return nil
	case grooms:
		return fmt.Errorf("blocker %s cannot tell what has moved, left for the next pass: %w", info.Name, err)
	}
	r.Log.Warn("elements unknown", "blocker", info.Name, "error", err)
	return nil
}

// stateOn is how far a blocker came with a target; empty: it holds nothing.
func stateOn(blocker string, held []entity.Holding) entity.State {
	if h := on(blocker, held); h != nil {
		return h.State
	}
	return ""
}

// orderedBlocks are the targets that a person wants blocked, whatever the rules say.
func (r *Reconciler) orderedBlocks(orders []entity.Order) map[entity.Ref]bool {
	wanted := map[entity.Ref]bool{}
	for _, o := range orders {
		if o.Verb == entity.VerbBlock && !o.Ended(r.Now()) {
			wanted[o.Target.Ref] = true
		}
	}
	return wanted
}
