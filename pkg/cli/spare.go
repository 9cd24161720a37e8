package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// tagWait is how long a release waits for a pass that another process makes, before it leaves the tags to it.
const tagWait = 3 * time.Second

// spare releases targets from the journal, at once, and then has the brains told.
func (s *system) spare(ctx context.Context, chosen []found, o releaseOptions) error {
	by := s.app.by(o.reason)
	orders := make([]entity.Order, len(chosen))
	for i, f := range chosen {
		orders[i] = s.spareOrder(f, o, by)
		if err := s.keepOrder(ctx, f, orders[i]); err != nil {
			return err
		}
	}
	if err := s.takeOver(ctx, s.sources()); err != nil {
		return err
	}
	reports, err := s.letGo(ctx, orders)
	if err != nil {
		return err
	}
	if err := s.app.printPass(reports, false, true); err != nil {
		return err
	}
	for _, order := range orders {
		fmt.Fprintln(s.app.Err, s.spareText(order))
	}
	if err := s.tellStays(ctx, chosen); err != nil {
		return err
	}
	s.tellBrains(ctx, refsOf(orders))
	return s.verdictOn(ctx, reports)
}

// tellStays says what of that which was released stays blocked all the same: somebody else holds it.
func (s *system) tellStays(ctx context.Context, released []found) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return err
	}
	holders := plan.Count(held)
	for _, f := range released {
		for _, h := range f.held {
			for _, e := range h.Receipt.Elements {
				other, stays := holders.First(plan.Share{Blocker: h.Blocker, Class: h.Class(), Element: e})
				if stays && other != f.target.Ref {
					fmt.Fprintf(s.app.Err, "%s stays blocked on %s: it is held for %s too; \"var release %s\" ends that\n", inert.Text(e), h.Blocker, other, other)
				}
			}
		}
	}
	return nil
}

// spareOrder is that a target counts as one with the release tag.
func (s *system) spareOrder(f found, o releaseOptions, by entity.By) entity.Order {
	order := entity.Order{Target: f.target, Verb: entity.VerbSpare, By: by, Tag: s.releaseTag(f.target.Ref)}
	if o.length.Duration > 0 {
		order.Until = by.At.Add(o.length.Duration).Truncate(time.Second)
	}
	return order
}

// releaseTag is the tag that tells a brain the same; empty where there is none.
func (s *system) releaseTag(ref entity.Ref) string {
	if _, isBrain := s.cfg.Brains[ref.Source]; !isBrain {
		return ""
	}
	return map[entity.Kind]string{
		entity.KindHost: s.cfg.Hosts.UnblockTag, entity.KindAccount: s.cfg.Accounts.UnblockTag, entity.KindDetection: s.cfg.Detections.UnblockTag,
	}[ref.Kind]
}

// keepOrder records an order where it has to outlive the release. What a person blocked by hand nothing else
// would block again: there the block ends. Of a source that is not configured there are no passes.
func (s *system) keepOrder(ctx context.Context, f found, order entity.Order) error {
	switch {
	case f.target.Source != entity.SourceHand && !s.configured(f.target.Source):
		return nil
	case f.target.Source == entity.SourceHand:
		order.Verb, order.Until = entity.VerbBlock, order.By.At
	}
	return s.journal.Order(ctx, order)
}

func (s *system) configured(source string) bool {
	_, isBrain := s.cfg.Brains[source]
	return isBrain || source == entity.SourceHand || source == entity.SourceStatic && s.cfg.Static.Destinations != ""
}

func (s *system) spareText(o entity.Order) string {
	text := fmt.Sprintf("%s %s: ", o.Target.Ref, inert.Text(o.Target.Name))
	switch {
	case o.Target.Source == entity.SourceHand || !s.configured(o.Target.Source):
		return text + "nothing blocks it any more"
	case o.Until.IsZero():
		text += "spared until it is undone"
	default:
		text += "spared until " + view.Stamp(o.Until)
	}
	return text + fmt.Sprintf("; \"var release --undo %s\" lets the rules count again", o.Target.Ref)
}

// letGo takes targets off the devices by what the journal says of them; no source is read for it.
func (s *system) letGo(ctx context.Context, orders []entity.Order) ([]reconcile.Report, error) {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	bySource := map[string][]entity.Order{}
	var names []string
	for _, o := range orders {
		name := o.Target.Source
		if bySource[name] == nil {
			names = append(names, name)
		}
		bySource[name] = append(bySource[name], o)
	}
	slices.Sort(names)
	reports := make([]reconcile.Report, len(names))
	for i, name := range names {
		reports[i] = s.letGoOf(ctx, name, bySource[name], held)
	}
	return reports, nil
}

func (s *system) letGoOf(ctx context.Context, source string, orders []entity.Order, held []entity.Holding) reconcile.Report {
	mine := map[entity.Ref]bool{}
	for _, ref := range refsOf(orders) {
		mine[ref] = true
	}
	obs := plan.Observation{Source: source, Orders: orders}
	r := about(reconcile.Report{Source: source, Plan: plan.Compute(obs, held, s.rec.Policy, s.app.Now())}, mine)
	var items []plan.Item
	for _, it := range r.Plan.Items {
		if it.Action == entity.ActionRelease && it.Changes() {
			items = append(items, it)
		}
	}
	r.Results = s.rec.Dispatcher.Carry(ctx, items, time.Time{})
	return r
}

func refsOf(orders []entity.Order) []entity.Ref {
	refs := make([]entity.Ref, len(orders))
	for i, o := range orders {
		refs[i] = o.Target.Ref
	}
	return refs
}

// tellBrains has the tags and notes of released targets written. What a brain does not hear now, the next pass
// tells it: that is no failure of the release.
func (s *system) tellBrains(ctx context.Context, refs []entity.Ref) {
	s.rec.LeaseWait = tagWait
	for _, r := range s.passFor(ctx, refs...) {
		for _, err := range []error{r.Leased, r.Fatal, r.Err} {
			if err != nil {
				fmt.Fprintf(s.app.Err, "%s: its tags follow with the next pass: %s\n", r.Source, inert.Line(err.Error()))
			}
		}
		for kind, why := range r.Plan.Frozen {
			fmt.Fprintf(s.app.Err, "%s: the tags of its %ss follow with the next pass: %s\n", r.Source, kind, inert.Line(why))
		}
	}
}

// spareNoMore ends orders to spare: the rules count again, at once.
func (s *system) spareNoMore(ctx context.Context, chosen []found, o releaseOptions) error {
	by := s.app.by(o.reason)
	var refs []entity.Ref
	for _, f := range chosen {
		order := *f.order
		order.Until, order.By = by.At, by
		if err := s.journal.Order(ctx, order); err != nil {
			return err
		}
		fmt.Fprintf(s.app.Err, "%s %s: spared no more, the rules count again\n", order.Target.Ref, inert.Text(order.Target.Name))
		refs = append(refs, order.Target.Ref)
	}
	reports := s.passFor(ctx, refs...)
	if err := s.app.printPass(reports, false, true); err != nil {
		return err
	}
	return s.verdictOn(ctx, reports)
}
