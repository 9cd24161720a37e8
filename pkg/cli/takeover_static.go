package cli

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/registry"
)

// bearReceipts has static destinations that a predecessor had blocked bear the receipt tags that it would have given them
// if they could bear tags. So they are taken over as hosts are, until the journal knows the static list.
func (s *system) bearReceipts(ctx context.Context, obs *plan.Observation) {
	if s.cfg.Static.TakenOver == "" || s.fleet == nil {
		return
	}
	if known, err := s.journal.Known(ctx); err != nil || known[entity.SourceStatic] {
		return
	}
	taken, err := config.ReadStatic(s.cfg.Static.TakenOver, s.cfg.Static.Networks())
	if err != nil {
		s.log.Warn("nothing is taken over of what a predecessor had blocked", "key", "static.taken_over", "error", err)
		return
	}
	labels := s.staticLabels()
	for i := range obs.Seen {
		t := &obs.Seen[i].Target
		if _, is := slices.BinarySearch(taken.Destinations, t.ID); is {
			for _, label := range labels {
				t.Tags = append(t.Tags, registry.Receipt(label, t.ID))
			}
		}
	}
}

// staticLabels are those of the blockers that can block static destinations.
func (s *system) staticLabels() []string {
	var labels []string
	for _, e := range s.fleet.enforcers() {
		if info := e.Info(); slices.Contains(info.Kinds, entity.KindStatic) {
			labels = append(labels, info.Label)
		}
	}
	return labels
}
