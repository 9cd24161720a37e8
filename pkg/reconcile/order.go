package reconcile

import (
	"context"
	"errors"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// orderEdits are the release tags that stand in a brain for orders to spare: set while an order lasts, and
// taken off with it.
func (r *Reconciler) orderEdits(l *look) map[entity.Ref]entity.TagEdit {
	edits := map[entity.Ref]entity.TagEdit{}
	for _, o := range l.obs.Orders {
		ref := o.Target.Ref
		tags, seen := l.tagsOf(ref)
		there := slices.Contains(tags, o.Tag)
		switch {
		case !seen || o.Tag == "":
		case o.Ended(r.Now()) && there && l.tagged[ref]:
			edits[ref] = entity.TagEdit{Ref: ref, Remove: []string{o.Tag}}
		case !o.Ended(r.Now()) && !there:
			edits[ref] = entity.TagEdit{Ref: ref, Add: []string{o.Tag}}
		}
	}
	return edits
}

// outlive takes release tags that stand in the brain for orders that have ended for what they are: none.
func (r *Reconciler) outlive(l *look) {
	ended := map[entity.Ref]string{}
	for _, o := range l.obs.Orders {
		if o.Verb == entity.VerbSpare && o.Ended(r.Now()) && l.tagged[o.Target.Ref] {
			ended[o.Target.Ref] = o.Tag
		}
	}
	for i := range l.obs.Seen {
		if s := &l.obs.Seen[i]; s.Release != "" && s.Release == ended[s.Target.Ref] {
			s.Release = ""
		}
	}
}

// orderStrips are the block tags of what gets a release tag in this pass.
func (r *Reconciler) orderStrips(l *look) []plan.Strip {
	edits, strips := r.orderEdits(l), []plan.Strip(nil)
	for _, o := range l.obs.Orders {
		ref := o.Target.Ref
		tag := r.Policy.BlockTags[ref.Kind]
		tags, _ := l.tagsOf(ref)
		if set := edits[ref].Add; len(set) > 0 && tag != "" && l.obs.Whole(ref.Kind) && slices.Contains(tags, tag) {
			strips = append(strips, plan.Strip{Ref: ref, Tag: tag, Release: set[0]})
		}
	}
	return strips
}

// dropOrders forgets orders that have ended once nothing is left of them: neither their tag in the brain nor
// what is held for them alone.
func (r *Reconciler) dropOrders(ctx context.Context, l *look) error {
	var ended []entity.Order
	for _, o := range l.obs.Orders {
		if o.Ended(r.Now()) && r.untagged(l, o) {
			ended = append(ended, o)
		}
	}
	if len(ended) == 0 {
		return nil
	}
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return err
	}
	for _, o := range ended {
		if o.Verb == entity.VerbSpare || !onlyFor(o, l.obs, held) {
			err = errors.Join(err, r.Journal.DropOrder(ctx, o.Target.Ref), r.forget(ctx, tagKey(o.Target.Ref)))
		}
	}
	return err
}

// untagged reports that the brain has no tag of an order any more, or does not know the entity.
func (r *Reconciler) untagged(l *look, o entity.Order) bool {
	ref := o.Target.Ref
	_, seen := l.tagsOf(ref)
	return o.Tag == "" || !l.tagged[ref] || slices.Contains(l.obs.Gone, ref) || seen && l.obs.Whole(ref.Kind) && !l.untagged[ref]
}

// onlyFor reports that something is held for an order, and that no rule wants it besides.
func onlyFor(o entity.Order, obs plan.Observation, held []entity.Holding) bool {
	ref := o.Target.Ref
	if !slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Target.Ref == ref }) {
		return false
	}
	return !slices.ContainsFunc(obs.Seen, func(s plan.Seen) bool {
		return s.Target.Ref == ref && len(s.Matches) > 0 && obs.Whole(ref.Kind)
	})
}
