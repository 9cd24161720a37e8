package plan

import (
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// spare releases what is held although rules may match, and shows what would have been blocked. s is nil
// where the source does not show the target.
func (d *decider) spare(s *Seen, h *entity.Holding, b entity.Blocker, why Reason) (Item, bool) {
	switch {
	case h != nil && s == nil:
		return d.release(h, b, &h.Target, why), true
	case h != nil:
		return d.release(h, b, &s.Target, why), true
	case s == nil || !b.Can(s.Target.Kind) || !routed(s.Target.Tags, b):
		return Item{}, false
	}
	matches := d.matches(s)
	return d.item(entity.ActionSpare, &s.Target, b, nil, append([]Reason{why}, matches...)...), len(matches) > 0
}

// end releases for want of a reason; with explicit unblock that is no reason.
func (d *decider) end(h *entity.Holding, b entity.Blocker, t *entity.Target, why Reason) (Item, bool) {
	switch {
	case h == nil:
		return Item{}, false
	case d.pol.ExplicitUnblock && h.State != entity.Releasing:
		return d.sustain(h, b, Reason{RuleExplicit, why.String()})
	}
	return d.release(h, b, t, why), true
}

func (d *decider) release(h *entity.Holding, b entity.Blocker, t *entity.Target, why Reason) Item {
	switch gone := Lost(h, b); {
	case b.NoUndo && !h.Receipt.Empty():
		kept, _ := d.keep(h, Reason{RuleNoUndo, why.String()})
		return kept
	case h.State == entity.Releasing && len(h.Missing) > 0 && len(Without(h.Missing, gone)) == 0:
		kept, _ := d.keep(h, lostReason(gone))
		return kept
	}
	return d.item(entity.ActionRelease, t, b, h, why)
}

// cannot releases what a blocker is not to hold, and shows what no blocker at all can block:
// it would otherwise look as if it were.
func (d *decider) cannot(s *Seen, h *entity.Holding, b entity.Blocker) (Item, bool) {
	k := s.Target.Kind
	able := func(o entity.Blocker) bool { return o.Can(k) && routed(s.Target.Tags, o) }
	if h != nil || slices.ContainsFunc(d.pol.Blockers, able) {
		return d.end(h, b, &s.Target, Reason{Rule: RuleKind})
	}
	why := Reason{RuleUnsupported, fmt.Sprintf("no blocker takes this %s", k)}
	return d.item(entity.ActionSpare, &s.Target, b, nil, append([]Reason{why}, d.matches(s)...)...), true
}

// strips are the block tags of what carries a release tag too.
func (d *decider) strips() []Strip {
	var strips []Strip
	for _, ref := range d.refs() {
		s := d.seen[ref]
		if s == nil || s.Release == "" || d.unread(ref.Kind) != nil {
			continue
		}
		if tag := d.pol.BlockTags[ref.Kind]; tag != "" && slices.Contains(s.Target.Tags, tag) {
			strips = append(strips, Strip{Ref: ref, Tag: tag, Release: s.Release})
		}
	}
	return strips
}
