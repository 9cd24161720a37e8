package plan

import (
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// spare releases what is held although rules may match, and shows what would have been blocked.
func (d *decider) spare(s *subject, b *blocker, h *entity.Holding, why Reason) (Item, bool) {
	switch {
	case h != nil:
		return d.release(s, b, h, why), true
	case len(s.matches) == 0 || !b.Can(s.ref.Kind) || !routed(s.seen.Target.Tags, b):
		return Item{}, false
	}
	return d.item(entity.ActionSpare, s, b, nil, append([]Reason{why}, s.matches...)), true
}

// end releases for want of a reason; with explicit unblock that is no reason.
func (d *decider) end(s *subject, b *blocker, h *entity.Holding, why Reason) (Item, bool) {
	switch {
	case h == nil:
		return Item{}, false
	case d.pol.ExplicitUnblock && h.State != entity.Releasing:
		return d.sustain(s, b, h, Reason{RuleExplicit, why.String()})
	}
	return d.release(s, b, h, why), true
}

func (d *decider) release(s *subject, b *blocker, h *entity.Holding, why Reason) Item {
	switch gone := Lost(h, b.Blocker); {
	case b.NoUndo && !h.Receipt.Empty():
		kept, _ := d.keep(h, Reason{RuleNoUndo, why.String()})
		return kept
	case h.State == entity.Releasing && len(h.Missing) > 0 && within(h.Missing, gone):
		kept, _ := d.keep(h, lostReason(gone))
		return kept
	}
	return d.item(entity.ActionRelease, s, b, h, d.because(why))
}

// cannot releases what a blocker is not to hold, and shows what no blocker at all can block:
// it would otherwise look as if it were.
func (d *decider) cannot(s *subject, b *blocker, h *entity.Holding) (Item, bool) {
	able := func(o *blocker) bool { return o.Can(s.ref.Kind) && routed(s.seen.Target.Tags, o) }
	if h != nil || slices.ContainsFunc(d.blockers, able) {
		return d.end(s, b, h, Reason{Rule: RuleKind})
	}
	why := Reason{RuleUnsupported, fmt.Sprintf("no blocker takes this %s", s.ref.Kind)}
	return d.item(entity.ActionSpare, s, b, nil, append([]Reason{why}, s.matches...)), true
}

// strips are the block tags of what carries a release tag too.
func (d *decider) strips() []Strip {
	var strips []Strip
	for _, s := range d.seen {
		ref := s.Target.Ref
		if s.Release == "" || d.unread(ref.Kind) != nil {
			continue
		}
		if tag := d.pol.BlockTags[ref.Kind]; tag != "" && slices.Contains(s.Target.Tags, tag) {
			strips = append(strips, Strip{Ref: ref, Tag: tag, Release: s.Release})
		}
	}
	return strips
}
