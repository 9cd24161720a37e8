package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// decide gives the item for one target on one blocker; false when there is nothing to say.
func (d *decider) decide(ref entity.Ref, name string) (Item, bool) {
	h := d.held[heldKey{ref, name}]
	b, configured := d.blockers[name]
	switch {
	case slices.Contains(d.pol.Disabled, name):
		return d.keep(h, Reason{RuleDisabled, name})
	case !configured:
		return d.keep(h, Reason{RuleStranded, name})
	case d.unread(ref.Kind) != nil:
		return d.keep(h, *d.unread(ref.Kind))
	case d.seen[ref] != nil:
		return d.decideSeen(d.seen[ref], h, b)
	case h != nil && d.gone[ref]:
		return d.end(h, b, h.Target, Reason{Rule: RuleGone})
	}
	return d.keep(h, Reason{Rule: RuleUnread})
}

func (d *decider) decideSeen(s *Seen, h *entity.Holding, b entity.Blocker) (Item, bool) {
	switch {
	case s.NoBlock != "":
		return d.spare(s, h, b, Reason{RuleNoBlockGroup, s.NoBlock})
	case s.Release != "":
		return d.spare(s, h, b, Reason{RuleReleaseTag, s.Release})
	case len(s.Matches) == 0:
		return d.end(h, b, s.Target, Reason{Rule: RuleNoRule})
	case !routed(s.Target.Tags, b):
		return d.end(h, b, s.Target, Reason{Rule: RuleRouted, Detail: strings.Join(routes(s.Target.Tags), ", ")})
	case !b.Can(s.Target.Kind):
		return d.cannot(s, h, b)
	case h == nil:
		return d.item(entity.ActionBlock, s.Target, b, h, s.Matches...), true
	}
	return d.again(s, h, b), true
}

// keep leaves what is held as it is; nothing is said of what is not held.
func (d *decider) keep(h *entity.Holding, why Reason) (Item, bool) {
	if h == nil {
		return Item{}, false
	}
	return Item{
		Action: entity.ActionKeep, Target: h.Target, Blocker: h.Blocker, Label: h.Label,
		Reasons: []Reason{why}, Held: h.Receipt, State: h.State, Asserted: h.Asserted, Devices: h.Devices, Place: h.Place,
	}, true
}

func (d *decider) item(act entity.Action, t entity.Target, b entity.Blocker, h *entity.Holding, why ...Reason) Item {
	i := Item{Action: act, Target: t, Blocker: b.Name, Label: b.Label, Reasons: why}
	if s := d.seen[t.Ref]; s != nil {
		i.Elements = entity.Union(s.Elements[b.Name])
	}
	if h != nil {
		i.Held, i.State, i.Asserted, i.Lost = h.Receipt, h.State, h.Asserted, lost(h, b)
		i.Devices, i.Place = h.Devices, h.Place
		i.Label = cmp.Or(i.Label, h.Label) // a blocker that could not be started may not know its own
	}
	if len(i.Lost) > 0 {
		i.Reasons = append(i.Reasons, lostReason(i.Lost))
	}
	switch act {
	case entity.ActionRelease:
		i.Target = copyForRelease(t, h)
	case entity.ActionGroom:
		i.Was = copyForRelease(t, h)
	}
	return i
}

// copyForRelease is the target as it was when blocked, which is what Unblock wants, where
// anything is known of that; an adopted holding has no better copy than today's.
func copyForRelease(t entity.Target, h *entity.Holding) entity.Target {
	if h.Target.Name == "" && h.Target.Host == nil && h.Target.Account == nil && h.Target.Detection == nil && h.Target.Static == nil {
		return t
	}
	return h.Target
}
