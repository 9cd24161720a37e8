package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// taking is one item on its way out: what goes off the devices, what stays held, and what stays there for others.
type taking struct {
	index  int
	leaves entity.Receipt
	stays  []string
	shared []plan.Stay
	call   bool
}

// take releases a batch, and the old elements of grooms. What others hold stays on the devices.
func (d *Dispatcher) take(ctx context.Context, e Enforcer, results []Result, part []int) {
	takings, err := d.leaving(ctx, e, results, part)
	raws, err2 := d.rawsOf(ctx, e, results, part)
	if err := cmp.Or(err, err2); err != nil {
		fail(results, part, err)
		return
	}
	intents := make([]entity.Intent, len(takings))
	for n, t := range takings {
		intents[n] = d.intent(results[t.index].Item, t.leaves.Elements)
		intents[n].Receipt = held(results[t.index])
		intents[n].Reasons = append(intents[n].Reasons, kept(t.shared)...)
	}
	if err := d.journal.Begin(ctx, intents); err != nil {
		fail(results, part, err)
		return
	}
	began := d.now()
	errs := unblock(ctx, e, results, takings, raws)
	settlements := make([]entity.Settlement, len(takings))
	for n, t := range takings {
		settlements[n] = released(e.Info(), results[t.index], t, intents[n], errs[n])
		d.note(ctx, &results[t.index], settlements[n], errs[n], began)
	}
	d.settle(ctx, results, part, settlements)
}

// held is what is held before the taking: for a groom, the new elements too.
func held(r Result) entity.Receipt {
	if r.Holding != nil {
		return r.Holding.Receipt
	}
	return r.Item.Receipt()
}

// kept says of a release which elements stay on the devices, and for whom.
func kept(shared []plan.Stay) []string {
	var texts []string
	for _, s := range shared {
		texts = append(texts, fmt.Sprintf("%s stays blocked for %s", s.Element, s.Holder))
	}
	return texts
}

// leaving counts holders at the door, of every source, in the order of the items:
// an element goes with its last holder.
func (d *Dispatcher) leaving(ctx context.Context, e Enforcer, results []Result, part []int) ([]taking, error) {
	blocker, losses := e.Info().Name, d.losses(ctx, e, results, part)
	hs, err := d.holders(ctx, blocker, results, part, losses)
	if err != nil {
		return nil, err
	}
	takings := make([]taking, len(part))
	for n, i := range part {
		takings[n] = letGo(hs, results[i], blocker, losses[n].drop)
		takings[n].index = i
	}
	for n, i := range part {
		takings[n].shared = stays(hs, results[i].Item.Target.Ref, blocker, losses[n].all())
	}
	return takings, nil
}

// stays are the elements that others than ref hold, each with the first of them.
func stays(hs plan.Holders, ref entity.Ref, blocker string, elements []string) []plan.Stay {
	var all []plan.Stay
	for _, e := range elements {
		holders := slices.SortedFunc(maps.Keys(hs[plan.Share{Blocker: blocker, Class: ref.Kind.Class(), Element: e}]), entity.Ref.Compare)
		if len(holders) > 0 {
			all = append(all, plan.Stay{Element: e, Holder: holders[0]})
		}
	}
	return all
}

// letGo ends the hold of one item on its elements.
func letGo(hs plan.Holders, r Result, blocker string, drop []string) taking {
	it := r.Item
	t := taking{leaves: it.Receipt()}
	t.leaves.Elements = hs.Remove(it.Target.Ref, blocker, drop)
	if it.Action == entity.ActionGroom {
		t.stays = plan.Without(held(r).Elements, drop)
	}
	if it.Receipt().Empty() && len(t.leaves.Elements) == len(drop) {
		t.leaves.Elements, drop = nil, nil // the blocker knows best what a lost receipt stands for
	}
	t.call = calls(it, drop, t.leaves)
	return t
}

// calls reports whether a device has to be asked: not when others hold all of it, nor when
// nothing was ever put in place. A former state is restored with the last element.
func calls(it plan.Item, drop []string, leaves entity.Receipt) bool {
	if it.State() == entity.Refused || it.Action == entity.ActionGroom && len(leaves.Elements) == 0 {
		return false
	}
	return len(drop) == 0 || len(leaves.Elements) > 0
}

// unblock asks the blocker for those that need it; errors in the order of the takings.
func unblock(ctx context.Context, e Enforcer, results []Result, takings []taking, raws rawObjects) []error {
	var asked []int
	var releases []entity.Release
	for n, t := range takings {
		if t.call {
			it := results[t.index].Item
			asked = append(asked, n)
			releases = append(releases, entity.Release{Target: raws.onto(asBlocked(it), it), Receipt: t.leaves})
		}
	}
	errs := make([]error, len(takings))
	if len(releases) == 0 {
		return errs
	}
	for k, err := range e.Unblock(ctx, releases) {
		errs[asked[k]] = err
	}
	return errs
}

// asBlocked is the target as it was when blocked, which is what Unblock wants.
func asBlocked(it plan.Item) entity.Target {
	if it.Action == entity.ActionGroom {
		return *it.Was()
	}
	return *it.Target
}

// released works out what is held after an attempt to release. What a device does not know is gone from it.
func released(b entity.Blocker, r Result, t taking, in entity.Intent, err error) entity.Settlement {
	s := entity.Settlement{Intent: in, Done: r.Item.Action}
	done := err == nil || entity.ClassOf(err) == entity.Absent
	switch {
	case IsOrphan(*r.Item.Target):
		if !done || !t.call {
			s.Done = ""
		}
	case r.Item.Action == entity.ActionGroom:
		h := *r.Holding
		h.Receipt.Elements = entity.Union(t.stays)
		if !done {
			h.Receipt.Elements = entity.Union(t.stays, t.leaves.Elements)
			h.Problem, s.Partial = problem(err), true
		}
		s.Holding = &h
	case !done:
		s.Holding = stillHeld(b, r.Item, t, err)
		s.Done = ""
	case r.Item.State() == entity.Refused:
		s.Done = ""
	case len(plan.Lost(r.Item.Held, b)) > 0 && !t.leaves.Empty():
		s.Holding, s.Partial = stillHeld(b, r.Item, t, nil), true
	}
	return s
}

// stillHeld is a holding whose release has begun and not ended.
func stillHeld(b entity.Blocker, it plan.Item, t taking, err error) *entity.Holding {
	return &entity.Holding{
		Target: *it.Target, Blocker: it.Blocker, Label: it.Label, Place: it.Held.Place, Receipt: t.leaves, State: entity.Releasing,
		Reasons: texts(it.Reasons), Missing: entity.Union(missing(err), plan.Lost(it.Held, b)), Problem: problem(err),
	}
}
