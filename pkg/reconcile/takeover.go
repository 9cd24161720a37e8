package reconcile

import (
	"context"
	"errors"
)

// TakeOver adopts what a source's tags say is held, and acts on nothing. Where several sources share
// devices and the journal does not know them all yet, it comes before the first pass: an element
// may have a holder that stands only in another brain's tags. It reports whether the source was read completely.
func (r *Reconciler) TakeOver(ctx context.Context, src Source) (whole bool, err error) {
	leave, report := r.enter(ctx, src)
	if leave == nil {
		return false, errors.Join(report.Leased, report.Fatal)
	}
	defer leave()
	l, err := r.look(ctx, src, Options{})
	if err != nil {
		return false, err
	}
	if len(l.adopt) > 0 {
		err = r.Journal.Adopt(ctx, l.adopt)
	}
	return err == nil && len(l.obs.Frozen) == 0, err
}
