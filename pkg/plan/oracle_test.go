package plan_test

import (
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// world is everything that a decision may depend on, as flat facts.
type world struct {
	source string
	now    time.Time
	read   []entity.Kind
	frozen map[entity.Kind]string
	seen   []plan.Seen
	gone   []entity.Ref
	held   []entity.Holding
	policy plan.Policy
}

type where struct {
	ref     entity.Ref
	blocker string
}

// verdict is what the promises say of one target on one blocker.
type verdict struct {
	action entity.Action
	why    plan.Rule // of the first reason; empty where the block rules speak for themselves
}

// oracle answers from the promises, slowly: it looks everything up by walking over all of it.
func oracle(w world) map[where]verdict {
	verdicts := map[where]verdict{}
	for _, at := range w.places() {
		if v, ok := w.judge(at); ok {
			verdicts[at] = v
		}
	}
	return verdicts
}

func (w world) places() []where {
	var all []where
	for _, s := range w.seen {
		for _, b := range w.policy.Blockers {
			all = append(all, where{s.Target.Ref, b.Name})
		}
	}
	for _, h := range w.held {
		if h.Target.Source == w.source {
			all = append(all, where{h.Target.Ref, h.Blocker})
		}
	}
	return all
}

func (w world) judge(at where) (verdict, bool) {
	h, isHeld := w.holding(at)
	b, configured := w.blocker(at.blocker)
	s, isSeen := w.sighting(at.ref)
	// Promise 1, and what is not ours to decide: nothing happens.
	for _, c := range []struct {
		applies bool
		why     plan.Rule
	}{
		{slices.Contains(w.policy.Disabled, at.blocker), plan.RuleDisabled},
		{!configured, plan.RuleStranded},
		{w.frozen[at.ref.Kind] != "", plan.RuleFrozen},
		{!slices.Contains(w.read, at.ref.Kind), plan.RuleUnread},
		{!isSeen && !slices.Contains(w.gone, at.ref), plan.RuleUnread},
	} {
		if c.applies {
			return verdict{entity.ActionKeep, c.why}, isHeld
		}
	}
	forbidden, why := w.forbidden(s)
	unwanted, whyNot := w.unwanted(at.ref, s, isSeen, b)
	switch {
	case isHeld && forbidden:
		return w.goes(h, b, forbidden, why), true
	case isHeld && unwanted:
		return w.goes(h, b, forbidden, whyNot), true
	case isHeld:
		return w.stays(s, h, b), true
	case unwanted && whyNot == plan.RuleKind && len(s.Matches) > 0 && !forbidden && w.nobodyCan(s):
		return verdict{entity.ActionSpare, plan.RuleUnsupported}, true
	case unwanted:
		return verdict{}, false
	case forbidden:
		return verdict{entity.ActionSpare, why}, true
	}
	return verdict{entity.ActionBlock, s.Matches[0].Rule}, true
}

// Promise 5: after never-block come the no-block group, then the release tag.
func (w world) forbidden(s plan.Seen) (bool, plan.Rule) {
	if s.NoBlock != "" {
		return true, plan.RuleNoBlockGroup
	}
	return s.Release != "", plan.RuleReleaseTag
}

func (w world) unwanted(ref entity.Ref, s plan.Seen, isSeen bool, b entity.Blocker) (bool, plan.Rule) {
	switch {
	case !isSeen:
		return true, plan.RuleGone
	case len(s.Matches) == 0:
		return true, plan.RuleNoRule
	case !mayGoTo(s.Target.Tags, b):
		return true, plan.RuleRouted
	}
	return !slices.Contains(b.Kinds, ref.Kind), plan.RuleKind
}

func (w world) nobodyCan(s plan.Seen) bool {
	for _, b := range w.policy.Blockers {
		if slices.Contains(b.Kinds, s.Target.Kind) && mayGoTo(s.Target.Tags, b) {
			return false
		}
	}
	return true
}

// goes: explicit unblock ends a block only by release tag or no-block group; what cannot be undone
// stays when something is there.
func (w world) goes(h entity.Holding, b entity.Blocker, forbidden bool, why plan.Rule) verdict {
	if !forbidden && w.policy.ExplicitUnblock && h.State != entity.Releasing {
		return verdict{entity.ActionKeep, plan.RuleExplicit}
	}
	if b.NoUndo && (len(h.Receipt.Elements) > 0 || h.Receipt.Former != "") {
		return verdict{entity.ActionKeep, plan.RuleNoUndo}
	}
	if h.State == entity.Releasing && h.Blocker == "edge" && slices.Equal(h.Missing, []string{"fw9"}) {
		return verdict{entity.ActionKeep, plan.RuleLostDevice} // fw9 is nobody's any more, the others are done
	}
	return verdict{entity.ActionRelease, why}
}

func (w world) stays(s plan.Seen, h entity.Holding, b entity.Blocker) verdict {
	now := s.Elements[b.Name]
	old := slices.ContainsFunc(h.Receipt.Elements, func(e string) bool { return !slices.Contains(now, e) })
	more := slices.ContainsFunc(now, func(e string) bool { return !slices.Contains(h.Receipt.Elements, e) })
	mayMove := w.policy.Groom && len(now) > 0 && !b.NoUndo && !b.NoRepeat
	match := s.Matches[0].Rule
	if h.State == entity.Refused {
		if address(s.Target) == address(h.Target) {
			return verdict{entity.ActionKeep, plan.RuleUnsupported}
		}
		return verdict{entity.ActionBlock, match}
	}
	if b.NoRepeat && h.State != entity.Releasing {
		return verdict{entity.ActionKeep, match}
	}
	if mayMove && old {
		return verdict{entity.ActionGroom, plan.RuleMoved}
	}
	again := map[entity.State]plan.Rule{
		entity.Releasing: plan.RuleInterrupted, entity.Partial: plan.RulePartial, entity.Pending: plan.RulePending,
	}
	if why, ok := again[h.State]; ok {
		if h.Asserted.IsZero() && h.State != entity.Releasing {
			why = match
		}
		return verdict{entity.ActionBlock, why}
	}
	if h.Blocker == "edge" && len(h.Devices) > 0 && !slices.Contains(h.Devices, "fw2") {
		return verdict{entity.ActionBlock, plan.RulePartial} // fw2 is new
	}
	if mayMove && more {
		return verdict{entity.ActionGroom, plan.RuleMoved}
	}
	if until := h.Receipt.Until; !until.IsZero() && w.now.Sub(h.Asserted) >= until.Sub(w.now) {
		return verdict{entity.ActionRenew, plan.RuleExpires}
	}
	return verdict{entity.ActionKeep, match}
}

// mayGoTo: routing tags restrict an entity to the blockers that they name.
func mayGoTo(tags []string, b entity.Blocker) bool {
	restricted := false
	for _, tag := range tags {
		low := strings.ToLower(tag)
		if !strings.HasPrefix(low, "client:") {
			continue
		}
		restricted = true
		for _, own := range append([]string{b.Name, b.Plugin}, b.Aliases...) {
			if low == "client:"+strings.ToLower(own) {
				return true
			}
		}
	}
	return !restricted
}

func (w world) holding(at where) (entity.Holding, bool) {
	for _, h := range w.held {
		if h.Target.Ref == at.ref && h.Blocker == at.blocker {
			return h, true
		}
	}
	return entity.Holding{}, false
}

func (w world) blocker(name string) (entity.Blocker, bool) {
	for _, b := range w.policy.Blockers {
		if b.Name == name {
			return b, true
		}
	}
	return entity.Blocker{}, false
}

func (w world) sighting(ref entity.Ref) (plan.Seen, bool) {
	for _, s := range w.seen {
		if s.Target.Ref == ref {
			return s, true
		}
	}
	return plan.Seen{}, false
}

// address is what these worlds change of a target.
func address(t entity.Target) string {
	switch {
	case t.Host != nil:
		return t.Host.IP
	case t.Account != nil:
		return t.Account.UID
	case t.Detection != nil:
		return strings.Join(t.Detection.Destinations, " ")
	case t.Static != nil:
		return t.Static.Destination
	}
	return ""
}

// device is one blocker's real state: which elements of a class are in place. It knows nothing of plans.
type device map[place]bool

type place struct {
	blocker string
	class   entity.Class
	element string
}

func placeOf(blocker string, k entity.Kind, element string) place {
	class := entity.Class("destination")
	switch k {
	case entity.KindHost:
		class = "source"
	case entity.KindAccount:
		class = "account"
	}
	return place{blocker, class, element}
}

// mustBeThere is what holders want on the devices, counted one by one.
func mustBeThere(held []entity.Holding) device {
	d := device{}
	for _, h := range held {
		for _, e := range h.Receipt.Elements {
			d[placeOf(h.Blocker, h.Target.Kind, e)] = true
		}
	}
	return d
}
