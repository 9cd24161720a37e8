package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// decide gives the item for one target on one blocker; false when there is nothing to say.
func (d *decider) decide(s *subject, b *blocker, h *entity.Holding) (Item, bool) {
	if why := b.withheld(h); why != nil {
		return d.keep(h, *why)
	}
	covered := d.covered(s.seen, h, b.Name)
	switch {
	case covered != "" && (h != nil || s.unread == nil):
		return d.spare(s, b, h, Reason{RuleNeverBlock, covered})
	case s.unread != nil:
		return d.decideUnread(s, b, h, *s.unread)
	case s.seen != nil:
		return d.decideSeen(s, b, h)
	case h != nil && s.gone:
		return d.decideGone(s, b, h)
	}
	return d.decideUnread(s, b, h, Reason{Rule: RuleUnread})
}

// covered says why never-block forbids a target, by what it is now, and by what is held; empty when it does not.
func (d *decider) covered(s *Seen, h *entity.Holding, blocker string) string {
	if d.pol.Protect == nil {
		return ""
	}
	if h != nil {
		if why, is := d.pol.Protect.Covers(h.Target, h.Receipt.Elements); is {
			return why
		}
	}
	if s != nil {
		if why, is := d.pol.Protect.Covers(s.Target, s.Elements[blocker]); is {
			return why
		}
	}
	return ""
}

func (d *decider) decideSeen(s *subject, b *blocker, h *entity.Holding) (Item, bool) {
	seen := s.seen
	switch {
	case seen.NoBlock != "":
		return d.spare(s, b, h, Reason{RuleNoBlockGroup, seen.NoBlock})
	case seen.KeyAsset != "":
		return d.spare(s, b, h, Reason{RuleKeyAsset, seen.KeyAsset})
	case seen.Release != "":
		return d.spare(s, b, h, Reason{RuleReleaseTag, seen.Release})
	case s.spared != nil:
		return d.spare(s, b, h, *s.spared)
	case len(s.matches) == 0 && d.orderEnded(s):
		return d.spare(s, b, h, Reason{Rule: RuleOrderEnded})
	case len(s.matches) == 0:
		return d.end(s, b, h, Reason{Rule: RuleNoRule})
	case !routed(seen.Target.Tags, b):
		return d.end(s, b, h, Reason{Rule: RuleRouted, Detail: strings.Join(routes(seen.Target.Tags), ", ")})
	case !b.Can(s.ref.Kind):
		return d.cannot(s, b, h)
	case h == nil && d.unseen(s):
		return d.spare(s, b, h, Reason{RuleUnseen, seen.Unseen})
	case h == nil:
		return d.item(entity.ActionBlock, s, b, h, s.matches), true
	}
	return d.again(s, b, h), true
}

// decideUnread decides about what nothing can be concluded about: what is held stays in force, unless a person spared it.
func (d *decider) decideUnread(s *subject, b *blocker, h *entity.Holding, why Reason) (Item, bool) {
	if h != nil && s.spared != nil {
		return d.release(s, b, h, *s.spared), true
	}
	return d.sustain(s, b, h, why)
}

// decideGone decides about what is held and unknown to its source. What a person blocked ends with the order.
func (d *decider) decideGone(s *subject, b *blocker, h *entity.Holding) (Item, bool) {
	switch {
	case s.spared != nil:
		return d.release(s, b, h, *s.spared), true
	case d.orderEnded(s):
		return d.release(s, b, h, Reason{Rule: RuleOrderEnded}), true
	}
	return d.end(s, b, h, Reason{Rule: RuleGone})
}

// keep leaves what is held as it is; nothing is said of what is not held.
func (d *decider) keep(h *entity.Holding, why Reason) (Item, bool) {
	if h == nil {
		return Item{}, false
	}
	return Item{Action: entity.ActionKeep, Target: &h.Target, Blocker: h.Blocker, Label: h.Label, Reasons: d.because(why), Held: h}, true
}

func (d *decider) item(act entity.Action, s *subject, b *blocker, h *entity.Holding, why []Reason) Item {
	i := Item{Action: act, Target: s.target(h), Blocker: b.Name, Label: b.Label, Reasons: why, Held: h}
	if s.seen != nil {
		i.Elements = orderly(s.seen.Elements[b.Name])
	}
	if h != nil {
		i.Label = cmp.Or(i.Label, h.Label) // a blocker that could not be started may not know its own
	}
	if gone := Lost(h, b.Blocker); len(gone) > 0 {
		i.Reasons = append(slices.Clip(i.Reasons), lostReason(gone))
	}
	switch act {
	case entity.ActionRelease:
		i.Target = i.Was()
	case entity.ActionRenew, entity.ActionRepair:
		i.Target, i.Elements = i.Was(), h.Receipt.Elements
	}
	return i
}

// orderly are elements in order, each once: as they are where they already are so.
func orderly(elements []string) []string {
	for i := 1; i < len(elements); i++ {
		if elements[i-1] >= elements[i] {
			return entity.Union(elements)
		}
	}
	return elements
}

// bare reports that of a target nothing but its ref is known.
func bare(t *entity.Target) bool {
	return t.Name == "" && t.Host == nil && t.Account == nil && t.Detection == nil && t.Static == nil
}
