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
	// texts are tags that many have.
	texts map[string]string
}

// adopt takes over what stands only in the tags (the predecessor's, or of a lost journal), without
// a write to a device. It leaves our own tags out of the targets, and counts receipts of labels
// that no blocker has.
func (r *Reconciler) adopt(ctx context.Context, l *look) {
	a := adopter{r, l, releasedBefore(l.left), map[string]string{}}
	held := l.held.walk()
	for i := range l.obs.Seen {
		t := &l.obs.Seen[i].Target
		a.read(ctx, t, held(t.Ref))
	}
	l.held = l.held.with(l.adopt...)
}

// read takes what the tags of one target say, of which so much is held, and leaves it those of others.
func (a *adopter) read(ctx context.Context, t *entity.Target, held []entity.Holding) {
	if registry.Agree(t.Kind, t.Tags, held) {
		t.Tags = registry.Foreign(t.Kind, t.Tags)
		a.share(t, held)
		return
	}
	a.look.tags[t.Ref] = t.Tags
	record := registry.Decode(t.Kind, t.Tags)
	if len(record.Receipts) == 0 && !record.Marked {
		return
	}
	t.Tags = registry.Foreign(t.Kind, t.Tags)
	for label := range record.Receipts {
		if !slices.Contains(a.Labels, label) && !heldUnder(held, label) {
			a.look.strays[label]++
		}
	}
	for _, e := range a.Enforcers {
		info := e.Info()
		written := plan.Without(record.Receipts[info.Label], a.released[heldKey{t.Ref, info.Name}])
		if len(written) > 0 {
			a.join(ctx, e, *t, written)
		}
	}
}

// heldUnder reports that something is held under a label.
func heldUnder(held []entity.Holding, label string) bool {
	return slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Label == label })
}

// join adds the elements of one receipt to what one blocker holds.
func (a *adopter) join(ctx context.Context, e dispatch.Enforcer, t entity.Target, written []string) {
	info := e.Info()
	h := entity.Holding{
		Target: t, Blocker: info.Name, Label: info.Label, State: entity.Complete,
		Since: a.Now(), Asserted: a.Now(), Reasons: []string{"taken over from its tags"},
	}
	if was := a.look.held.on(info.Name, t.Ref); was != nil {
		h = *was
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
