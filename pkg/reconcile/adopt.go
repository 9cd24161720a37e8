package reconcile

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/registry"
)

type heldKey struct {
	ref     entity.Ref
	blocker string
}

// adopt joins what the tags say with what the journal says. What stands only in the tags (the
// predecessor's, or of a lost journal) is taken over without a write to a device. It leaves
// our own tags out of the targets, and counts receipts of labels that no blocker has.
func (r *Reconciler) adopt(ctx context.Context, l *look, held []entity.Holding) (all, adopted []entity.Holding) {
	released := releasedBefore(l.left)
	index := make(map[heldKey]int, len(held))
	for i, h := range held {
		index[heldKey{h.Target.Ref, h.Blocker}] = i
	}
	for i := range l.obs.Seen {
		t := &l.obs.Seen[i].Target
		record := registry.Decode(t.Kind, t.Tags)
		l.tags[t.Ref] = t.Tags
		for _, label := range registry.Strays(t.Kind, t.Tags, r.Labels) {
			l.strays[label]++
		}
		t.Tags = registry.Foreign(t.Kind, t.Tags)
		for _, e := range r.Enforcers {
			written := plan.Without(record.Receipts[e.Info().Label], released[heldKey{t.Ref, e.Info().Name}])
			if len(written) > 0 {
				held, adopted = r.join(ctx, e, *t, written, held, index, adopted)
			}
		}
	}
	return held, adopted
}

// join adds the elements of one receipt to what one blocker holds.
func (r *Reconciler) join(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string,
	held []entity.Holding, index map[heldKey]int, adopted []entity.Holding,
) (all, changed []entity.Holding) {
	key := heldKey{t.Ref, e.Info().Name}
	i, known := index[key]
	h := entity.Holding{
		Target: t, Blocker: e.Info().Name, Label: e.Info().Label, State: entity.Complete,
		Since: r.Now(), Asserted: r.Now(), Reasons: []string{"taken over from its tags"},
	}
	if known {
		h = held[i]
	}
	elements := r.resolve(ctx, e, t, written, h.Receipt.Elements)
	if len(plan.Without(elements, h.Receipt.Elements)) == 0 {
		return held, adopted
	}
	h.Receipt = h.Receipt.Merge(entity.Receipt{Elements: elements, Adopted: true})
	if h.State == entity.Refused {
		h.State = entity.Complete
	}
	if known {
		held[i] = h
	} else {
		index[key] = len(held)
		held = append(held, h)
	}
	return held, append(adopted, h)
}

// resolve explains digests and "*" by what is held, else by what the devices list, else by
// what the blocker would put in place now.
func (r *Reconciler) resolve(ctx context.Context, e dispatch.Enforcer, t entity.Target, written, known []string) []string {
	elements, open := registry.Resolve(written, known)
	for _, source := range []explainer{listed, wouldBe} {
		if len(open) == 0 {
			break
		}
		var more []string
		more, open = source(ctx, e, t, open)
		elements = entity.Union(elements, more)
	}
	if len(open) > 0 {
		r.Log.Warn("receipt tag cannot be explained", "source", t.Source, "blocker", e.Info().Name,
			"target", t.Ref.String(), "tags", open)
	}
	return elements
}

// explainer says what written tags stand for, and which it cannot explain.
type explainer func(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string)

// listed explains digests by what the devices hold in the target's class. What "*" stands for no
// list tells: it holds what belongs to other targets too.
func listed(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string) {
	inventories, err := e.List(ctx)
	if err != nil {
		return nil, written
	}
	var there []string
	for _, inv := range inventories {
		for _, entry := range inv.Entries {
			if entry.Class == t.Kind.Class() {
				there = append(there, entry.Element)
			}
		}
	}
	return registry.ResolveDigests(written, there)
}

func wouldBe(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string) {
	answers, err := e.Elements(ctx, []entity.Target{t})
	if err != nil || len(answers) != 1 {
		return nil, written
	}
	return registry.Resolve(written, answers[0])
}

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
