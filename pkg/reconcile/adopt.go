package reconcile

import (
	"context"
	"fmt"
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

// receipt is one receipt tag of one entity.
type receipt struct {
	ref            entity.Ref
	label, element string
}

// adopter joins what the tags say with what the journal says.
type adopter struct {
	*Reconciler
	look *look
	// released is what tags still name although an earlier run took it off.
	released map[heldKey][]string
	index    map[heldKey]int
}

// adopt takes over what stands only in the tags (the predecessor's, or of a lost journal), without
// a write to a device. It leaves our own tags out of the targets, and counts receipts of labels
// that no blocker has.
func (r *Reconciler) adopt(ctx context.Context, l *look) {
	a := adopter{r, l, releasedBefore(l.left), make(map[heldKey]int, len(l.held))}
	for i, h := range l.held {
		a.index[heldKey{h.Target.Ref, h.Blocker}] = i
	}
	labels := labelsOf(l.held)
	for i := range l.obs.Seen {
		t := &l.obs.Seen[i].Target
		record := registry.Decode(t.Kind, t.Tags)
		l.tags[t.Ref] = t.Tags
		for _, label := range registry.Strays(t.Kind, t.Tags, slices.Concat(r.Labels, labels[t.Ref])) {
			l.strays[label]++
		}
		t.Tags = registry.Foreign(t.Kind, t.Tags)
		for _, e := range r.Enforcers {
			info := e.Info()
			written := plan.Without(record.Receipts[info.Label], a.released[heldKey{t.Ref, info.Name}])
			if len(written) > 0 {
				a.join(ctx, e, *t, written)
			}
		}
	}
}

// labelsOf are the labels under which each target is held.
func labelsOf(held []entity.Holding) map[entity.Ref][]string {
	labels := map[entity.Ref][]string{}
	for _, h := range held {
		labels[h.Target.Ref] = append(labels[h.Target.Ref], h.Label)
	}
	return labels
}

// join adds the elements of one receipt to what one blocker holds.
func (a *adopter) join(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) {
	info := e.Info()
	key := heldKey{t.Ref, info.Name}
	i, known := a.index[key]
	h := entity.Holding{
		Target: t, Blocker: info.Name, Label: info.Label, State: entity.Complete,
		Since: a.Now(), Asserted: a.Now(), Reasons: []string{"taken over from its tags"},
	}
	if known {
		h = a.look.held[i]
	}
	elements, open := a.resolve(ctx, e, t, written, h.Receipt.Elements)
	a.unexplained(t.Ref, info.Label, open)
	if len(plan.Without(elements, h.Receipt.Elements)) == 0 {
		return
	}
	h.Receipt = h.Receipt.Merge(entity.Receipt{Elements: elements, Adopted: true})
	if h.State == entity.Refused {
		h.State = entity.Complete
	}
	if known {
		a.look.held[i] = h
	} else {
		a.index[key] = len(a.look.held)
		a.look.held = append(a.look.held, h)
	}
	a.look.adopt = append(a.look.adopt, h)
}

// unexplained keeps receipts that nobody can tell the elements of: what they stand for may still
// be on a device.
func (a *adopter) unexplained(ref entity.Ref, label string, open []string) {
	if len(open) == 0 {
		return
	}
	for _, element := range open {
		a.look.open[receipt{ref, label, element}] = true
	}
	a.look.problems = append(a.look.problems, fmt.Errorf("receipt tags %q of %s under the label %q: neither the journal nor "+
		"the blocker can tell what they stand for; they are kept: look on its devices, then take the tags off by hand", open, ref, label))
}

// resolve explains digests and "*" by what is held, else by what the devices list, else by
// what the blocker would put in place now.
func (a *adopter) resolve(ctx context.Context, e dispatch.Enforcer, t entity.Target, written, known []string) (elements, open []string) {
	elements, open = registry.Resolve(written, known)
	for _, explain := range []explainer{a.listed, wouldBe} {
		if len(open) == 0 {
			break
		}
		var more []string
		more, open = explain(ctx, e, t, open)
		elements = entity.Union(elements, more)
	}
	return elements, open
}

// explainer says what written tags stand for, and which it cannot explain.
type explainer func(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string)

// listed explains digests by what the devices hold in the target's class. What "*" stands for no
// list tells: it holds what belongs to other targets too.
func (a *adopter) listed(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string) {
	var there []string
	for _, entry := range a.list(ctx, e) {
		if entry.Class == t.Kind.Class() {
			there = append(there, entry.Element)
		}
	}
	return registry.ResolveDigests(written, there)
}

// list is what any device of a blocker lists. One that cannot list explains nothing.
func (a *adopter) list(ctx context.Context, e dispatch.Enforcer) []entity.Entry {
	inventories, err := a.look.lists.of(ctx, e.Info().Name)
	if err != nil {
		a.Log.Warn("blocker cannot be listed", "blocker", e.Info().Name, "error", err)
	}
	var entries []entity.Entry
	for _, inv := range inventories {
		entries = append(entries, inv.Entries...)
	}
	return entries
}

func wouldBe(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) (elements, open []string) {
	answers, err := e.Elements(ctx, []entity.Target{t})
	if err != nil || len(answers) != 1 {
		return nil, written
	}
	return registry.Resolve(written, answers[0])
}
