package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// SweepSource is the source under which a sweep reports.
const SweepSource = "devices"

// Sweep takes off the devices what is ours there and has no holder, once the passes that share the lists are done.
// What is not ours beyond doubt is only reported. Without a comparison there is nothing to do.
func (r *Reconciler) Sweep(ctx context.Context, o Options) Report {
	lists := o.Lists
	report, items := r.PreviewSweep(ctx, lists), []plan.Item(nil)
	if report.Fatal != nil || !lists.compare {
		return report
	}
	if err := r.dropSweeps(ctx); err != nil {
		report.Fatal = err
		return report
	}
	items = takeOff(report.Orphans)
	report.Plan.Items = items
	report.Results = r.Dispatcher.Carry(ctx, items, o.Deadline)
	err := r.recorded(context.WithoutCancel(ctx), ids(tell(report.Results)), nil)
	report.Err = errors.Join(report.Err, err, r.rememberEnforcement(context.WithoutCancel(ctx), lists))
	return report
}

// PreviewSweep says what a sweep would find, and changes nothing.
func (r *Reconciler) PreviewSweep(ctx context.Context, lists *Lists) Report {
	report := Report{Source: SweepSource}
	if !lists.compare {
		return report
	}
	held, err := r.everything(ctx)
	if err != nil {
		report.Fatal = err
		return report
	}
	lists.before(held)
	all := lists.all(ctx, func(blocker string, err error) {
		report.Err = errors.Join(report.Err, fmt.Errorf("blocker %s cannot be listed: %w", blocker, err))
	})
	report.Err = errors.Join(report.Err, unread(all))
	since, err := r.everything(ctx) // another process may have put there meanwhile what the lists show
	if err != nil {
		report.Fatal = err
		return report
	}
	report.Orphans, report.Fatal = r.orphans(ctx, all, append(lists.holders(), held, since)...)
	report.Plan = plan.Plan{Source: SweepSource, Items: takeOff(report.Orphans)}
	return report
}

// unread tells of devices that did not show what they hold: what is missing there nobody knows. One that never can
// is no news.
func unread(lists map[string][]entity.Inventory) error {
	var all []error
	for _, blocker := range slices.Sorted(maps.Keys(lists)) {
		for _, inv := range lists[blocker] {
			if inv.Err != nil && entity.ClassOf(inv.Err) != entity.Unsupported {
				all = append(all, fmt.Errorf("device %s of blocker %s cannot be read: %w", inv.Device, blocker, inv.Err))
			}
		}
	}
	return errors.Join(all...)
}

// everything is what is held for any source, or may be since nobody saw the end of an intent.
func (r *Reconciler) everything(ctx context.Context) (holdings, error) {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	left, err := r.Journal.Intents(ctx)
	if err != nil {
		return nil, err
	}
	return interrupted(held, slices.DeleteFunc(left, ofSweep)), nil
}

// dropSweeps ends what an interrupted sweep began: whatever is still there is found again.
func (r *Reconciler) dropSweeps(ctx context.Context) error {
	left, err := r.Journal.Intents(ctx)
	if err != nil {
		return err
	}
	var gone []int64
	for _, o := range left {
		if ofSweep(o) {
			gone = append(gone, o.Intent.ID)
		}
	}
	return r.recorded(ctx, gone, nil)
}

func ofSweep(o entity.Leftover) bool { return dispatch.IsOrphan(o.Intent.Target) }
