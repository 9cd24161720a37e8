package reconcile

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/entity"
)

// tagKey is where it stands that a release tag was set for an order. One that was there before is an analyst's: it
// stays when the order ends.
func tagKey(ref entity.Ref) string { return "tag:" + ref.String() }

// tagged are the targets whose release tag was set for their order.
func (r *Reconciler) tagged(ctx context.Context, orders []entity.Order) (map[entity.Ref]bool, error) {
	ours := map[entity.Ref]bool{}
	for _, o := range orders {
		if o.Tag == "" {
			continue
		}
		_, is, err := r.Journal.Recall(ctx, tagKey(o.Target.Ref))
		if err != nil {
			return nil, err
		}
		ours[o.Target.Ref] = is
	}
	return ours, nil
}

// rememberTags keeps which release tags are about to be set for orders.
func (r *Reconciler) rememberTags(ctx context.Context, l *look) error {
	var errs []error
	for ref, edit := range r.orderEdits(l) {
		if len(edit.Add) > 0 && l.obs.Whole(ref.Kind) && !l.tagged[ref] {
			errs = append(errs, r.Journal.Remember(ctx, tagKey(ref), ""))
		}
	}
	return errors.Join(errs...)
}
