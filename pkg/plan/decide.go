package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// decide gives the item for one target on one blocker; false when there is nothing to say.
func (d *decider) decide(ref entity.Ref, name string) (Item, bool) {
	h, s := d.held[heldKey{ref, name}], d.seen[ref]
	b, configured := d.blockers[name]
	if why := d.withheld(name, h, b, configured); why != nil {
		return d.keep(h, *why)
	}
	unread, covered := d.unread(ref.Kind), d.covered(s, h, name)
	switch {
	case covered != "" && (h != nil || unread == nil):
		return d.spare(s, h, b, Reason{RuleNeverBlock, covered})
	case unread != nil:
		return d.decideUnread(ref, h, b, *unread)
	case s != nil:
		return d.decideSeen(s, h, b)
	case h != nil && d.gone[ref]:
		return d.decideGone(h, b)
	}
	return d.decideUnread(ref, h, b, Reason{Rule: RuleUnread})
}

// withheld says why nothing can be done on a blocker about what it holds; nil when it can.
func (d *decider) withheld(name string, h *entity.Holding, b entity.Blocker, configured bool) *Reason {
	switch {
	case slices.Contains(d.pol.Disabled, name):
		return &Reason{RuleDisabled, name}
	case !configured:
		return &Reason{RuleStranded, name}
	case h != nil && h.State != entity.Refused && h.Elsewhere(b.Place) != "":
		return &Reason{RulePlace, moveBack(name, h.Elsewhere(b.Place))}
	}
	return nil
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

func (d *decider) decideSeen(s *Seen, h *entity.Holding, b entity.Blocker) (Item, bool) {
	matches := d.matches(s)
	switch {
	case s.NoBlock != "":
		return d.spare(s, h, b, Reason{RuleNoBlockGroup, s.NoBlock})
	case s.KeyAsset != "":
		return d.spare(s, h, b, Reason{RuleKeyAsset, s.KeyAsset})
	case s.Release != "":
		return d.spare(s, h, b, Reason{RuleReleaseTag, s.Release})
	case d.spared(s.Target.Ref) != nil:
		return d.spare(s, h, b, *d.spared(s.Target.Ref))
	case len(matches) == 0 && d.orderEnded(s.Target.Ref):
		return d.spare(s, h, b, Reason{Rule: RuleOrderEnded})
	case len(matches) == 0:
		return d.end(h, b, &s.Target, Reason{Rule: RuleNoRule})
	case !routed(s.Target.Tags, b):
		return d.end(h, b, &s.Target, Reason{Rule: RuleRouted, Detail: strings.Join(routes(s.Target.Tags), ", ")})
	case !b.Can(s.Target.Kind):
		return d.cannot(s, h, b)
	case h == nil && d.unseen(s):
		return d.spare(s, h, b, Reason{RuleUnseen, s.Unseen})
	case h == nil:
		return d.item(entity.ActionBlock, &s.Target, b, h, matches...), true
	}
	return d.again(s, h, b), true
}

// decideUnread decides about what nothing can be concluded about: what is held stays in force, unless a person spared it.
func (d *decider) decideUnread(ref entity.Ref, h *entity.Holding, b entity.Blocker, why Reason) (Item, bool) {
	if person := d.spared(ref); person != nil {
		return d.spare(nil, h, b, *person)
	}
	return d.sustain(h, b, why)
}

// decideGone decides about what is held and unknown to its source. What a person blocked ends with the order.
func (d *decider) decideGone(h *entity.Holding, b entity.Blocker) (Item, bool) {
	ref := h.Target.Ref
	if person := d.spared(ref); person != nil {
		return d.spare(nil, h, b, *person)
	}
	if d.orderEnded(ref) {
		return d.spare(nil, h, b, Reason{Rule: RuleOrderEnded})
	}
	return d.end(h, b, &h.Target, Reason{Rule: RuleGone})
}

// keep leaves what is held as it is; nothing is said of what is not held.
func (d *decider) keep(h *entity.Holding, why Reason) (Item, bool) {
	if h == nil {
		return Item{}, false
	}
	return Item{
		Action: entity.ActionKeep, Target: &h.Target, Blocker: h.Blocker, Label: h.Label,
		Reasons: []Reason{why}, Held: h,
	}, true
}

func (d *decider) item(act entity.Action, t *entity.Target, b entity.Blocker, h *entity.Holding, why ...Reason) Item {
	i := Item{Action: act, Target: t, Blocker: b.Name, Label: b.Label, Reasons: why, Held: h}
	if s := d.seen[t.Ref]; s != nil {
		i.Elements = orderly(s.Elements[b.Name])
	}
	if h != nil {
		i.Label = cmp.Or(i.Label, h.Label) // a blocker that could not be started may not know its own
	}
	if gone := Lost(h, b); len(gone) > 0 {
		i.Reasons = append(slices.Clip(i.Reasons), lostReason(gone))
	}
	switch act {
	case entity.ActionRelease:
		i.Target = asHeld(t, h)
	case entity.ActionRenew, entity.ActionRepair:
		i.Target, i.Elements = asHeld(t, h), h.Receipt.Elements
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

// asHeld is the target as it was when blocked, which is what is taken away, and what is put back, where
// anything is known of that; an adopted holding has no better copy than today's.
func asHeld(t *entity.Target, h *entity.Holding) *entity.Target {
	if h == nil || bare(&h.Target) {
		return t
	}
	return &h.Target
}

// bare reports that of a target nothing but its ref is known.
func bare(t *entity.Target) bool {
	return t.Name == "" && t.Host == nil && t.Account == nil && t.Detection == nil && t.Static == nil
}
