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
	source  string
	now     time.Time
	read    []entity.Kind
	frozen  map[entity.Kind]string
	seen    []plan.Seen
	gone    []entity.Ref
	orders  []entity.Order
	devices map[string][]entity.Inventory
	held    []entity.Holding
	policy  plan.Policy
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
	for _, o := range w.orders {
		for _, b := range w.policy.Blockers {
			all = append(all, where{o.Target.Ref, b.Name})
		}
	}
	return all
}

func (w world) judge(at where) (verdict, bool) {
	h, isHeld := w.holding(at)
	b, configured := w.blocker(at.blocker)
	s, isSeen := w.sighting(at.ref)
	// What is not ours to decide stays.
	for _, c := range []struct {
		applies bool
		why     plan.Rule
	}{
		{slices.Contains(w.policy.Disabled, at.blocker), plan.RuleDisabled},
		{!configured, plan.RuleStranded},
		{strings.Contains(h.Place, "Former-Group") && h.State != entity.Refused, plan.RulePlace},
	} {
		if c.applies {
			return verdict{entity.ActionKeep, c.why}, isHeld
		}
	}
	blind, whyBlind := w.blind(at.ref, isSeen)
	never := w.protects(h.Target, h.Receipt.Elements) && isHeld || w.protects(s.Target, s.Elements[at.blocker]) && isSeen
	switch {
	case never && isHeld:
		return w.goes(h, b, true, plan.RuleNeverBlock), true
	case blind && isHeld && w.ordered(at.ref, entity.VerbSpare):
		return w.goes(h, b, true, plan.RuleSpared), true
	case blind && isHeld:
		return w.lives(h, b, whyBlind), true
	case blind || !isSeen && !isHeld:
		return verdict{}, false
	}
	return w.judgeKnown(at, s, isSeen, h, isHeld, b, never)
}

// blind: promise 1. Nothing is concluded from half a picture.
func (w world) blind(ref entity.Ref, isSeen bool) (bool, plan.Rule) {
	switch {
	case w.frozen[ref.Kind] != "":
		return true, plan.RuleFrozen
	case !slices.Contains(w.read, ref.Kind):
		return true, plan.RuleUnread
	}
	return !isSeen && !slices.Contains(w.gone, ref), plan.RuleUnread
}

func (w world) judgeKnown(at where, s plan.Seen, isSeen bool, h entity.Holding, isHeld bool, b entity.Blocker, never bool) (verdict, bool) {
	wanted := w.wants(s, isSeen)
	forbidden, why := w.forbidden(at.ref, s, never)
	unwanted, whyNot := w.unwanted(at.ref, s, isSeen, b)
	stale := isSeen && s.Unseen != "" && !w.ordered(at.ref, entity.VerbBlock)
	switch {
	case isHeld && forbidden:
		return w.goes(h, b, true, why), true
	case isHeld && unwanted:
		return w.goes(h, b, whyNot == plan.RuleOrderEnded, whyNot), true
	case isHeld && stale && h.State == entity.Refused:
		return verdict{entity.ActionKeep, plan.RuleUnsupported}, true
	case isHeld:
		return w.stays(s, h, b, wanted), true
	case unwanted && whyNot == plan.RuleKind && wanted != "" && !forbidden && w.nobodyCan(s):
		return verdict{entity.ActionSpare, plan.RuleUnsupported}, true
	case unwanted:
		return verdict{}, false
	case forbidden:
		return verdict{entity.ActionSpare, why}, true
	case stale:
		return verdict{entity.ActionSpare, plan.RuleUnseen}, true
	}
	return verdict{entity.ActionBlock, wanted}, true
}

// wants is the first reason to block: a person's word comes before the rules. Empty: there is none.
func (w world) wants(s plan.Seen, isSeen bool) plan.Rule {
	switch {
	case isSeen && w.ordered(s.Target.Ref, entity.VerbBlock):
		return plan.RulePerson
	case isSeen && len(s.Matches) > 0:
		return s.Matches[0].Rule
	}
	return ""
}

// Promise 5: after never-block come the no-block group and key assets, then the release tag and what a person spared.
func (w world) forbidden(ref entity.Ref, s plan.Seen, never bool) (bool, plan.Rule) {
	for _, c := range []struct {
		applies bool
		why     plan.Rule
	}{
		{never, plan.RuleNeverBlock},
		{s.NoBlock != "", plan.RuleNoBlockGroup},
		{s.KeyAsset != "", plan.RuleKeyAsset},
		{s.Release != "", plan.RuleReleaseTag},
		{w.ordered(ref, entity.VerbSpare), plan.RuleSpared},
	} {
		if c.applies {
			return true, c.why
		}
	}
	return false, ""
}

func (w world) unwanted(ref entity.Ref, s plan.Seen, isSeen bool, b entity.Blocker) (bool, plan.Rule) {
	switch {
	case w.wants(s, isSeen) == "" && w.orderIsOver(ref):
		return true, plan.RuleOrderEnded
	case !isSeen:
		return true, plan.RuleGone
	case w.wants(s, isSeen) == "":
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

// goes: explicit unblock ends a block only by release tag, no-block group, never-block or a person; what cannot
// be undone stays when something is there.
func (w world) goes(h entity.Holding, b entity.Blocker, forbidden bool, why plan.Rule) verdict {
	if !forbidden && w.policy.ExplicitUnblock && h.State != entity.Releasing {
		return w.lives(h, b, plan.RuleExplicit)
	}
	if b.NoUndo && (len(h.Receipt.Elements) > 0 || h.Receipt.Former != "") {
		return verdict{entity.ActionKeep, plan.RuleNoUndo}
	}
	if h.State == entity.Releasing && h.Blocker == "edge" && slices.Equal(h.Missing, []string{"fw9"}) {
		return verdict{entity.ActionKeep, plan.RuleLostDevice} // fw9 is nobody's any more, the others are done
	}
	return verdict{entity.ActionRelease, why}
}

// lives: what is held complete is kept in force although nobody can say whether it is wanted.
func (w world) lives(h entity.Holding, b entity.Blocker, why plan.Rule) verdict {
	known := h.Target.Host != nil || h.Target.Account != nil || h.Target.Detection != nil || h.Target.Static != nil
	if h.State == entity.Complete && !b.NoRepeat && slices.Contains(b.Kinds, h.Target.Kind) && known {
		return w.lasts(h, why)
	}
	return verdict{entity.ActionKeep, why}
}

func (w world) lasts(h entity.Holding, why plan.Rule) verdict {
	ends := []time.Time{h.Receipt.Until}
	for _, device := range []string{"fw1", "fw2"} {
		list, ok := w.list(h.Blocker, device)
		if !ok {
			continue
		}
		for _, e := range h.Receipt.Elements {
			until, there := lists(list, placeOf("", h.Target.Kind, e))
			if !there && !slices.Contains(h.Unable, entity.Unable{Device: device, Element: e}) && !slices.Contains(h.Unable, entity.Unable{Device: device}) {
				return verdict{entity.ActionRepair, plan.RuleMissing}
			}
			ends = append(ends, until)
		}
		if len(h.Receipt.Elements) > 0 && list.Booted.After(h.Asserted) {
			return verdict{entity.ActionRepair, plan.RuleRestarted}
		}
	}
	for _, until := range ends {
		if !until.IsZero() && w.now.Sub(h.Asserted) >= until.Sub(w.now) {
			return verdict{entity.ActionRenew, plan.RuleExpires}
		}
	}
	return verdict{entity.ActionKeep, why}
}

func (w world) stays(s plan.Seen, h entity.Holding, b entity.Blocker, match plan.Rule) verdict {
	now := s.Elements[b.Name]
	old := slices.ContainsFunc(h.Receipt.Elements, func(e string) bool { return !slices.Contains(now, e) })
	more := slices.ContainsFunc(now, func(e string) bool { return !slices.Contains(h.Receipt.Elements, e) })
	mayMove := w.policy.Groom && len(now) > 0 && !b.NoUndo && !b.NoRepeat
	if h.State == entity.Refused {
		if address(s.Target) == address(h.Target) && !strings.Contains(h.Place, "Former-Group") {
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
	return w.lasts(h, match)
}
