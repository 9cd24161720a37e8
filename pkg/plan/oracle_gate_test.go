package plan_test

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// wantOfReason are the releases that gates count.
var wantOfReason = []plan.Rule{plan.RuleNoRule, plan.RuleGone, plan.RuleRouted, plan.RuleKind}

// restraint is what the promises say of how much one pass may do.
type restraint struct {
	world
	verdicts map[where]verdict
}

// waits reports that an item is not carried out in this pass.
func (r restraint) waits(at where) bool {
	v := r.verdicts[at]
	switch {
	case v.action == entity.ActionKeep || v.action == entity.ActionSpare:
		return false
	case r.stopped(at), r.outOfHours(at):
		return true
	case r.policy.Force:
		return false
	case r.onlyPlanned():
		upkeep := v.action == entity.ActionRenew || v.action == entity.ActionRepair
		always := []plan.Rule{plan.RuleNeverBlock, plan.RuleSpared, plan.RuleOrderEnded}
		return !upkeep && !slices.Contains(always, v.why) && !r.byPerson(at)
	}
	k := at.ref.Kind
	limits := r.policy.Gates[k]
	blocks, releases, held := len(r.targets(k, r.isBlock)), len(r.targets(k, r.isRelease)), len(r.heldTargets(k))
	switch {
	case r.isBlock(at):
		return limits.MaxBlocks > 0 && blocks > limits.MaxBlocks
	case r.isRelease(at):
		return limits.MaxReleases > 0 && releases > limits.MaxReleases ||
			limits.MaxReleasesPercent > 0 && held > limits.Floor && 100*releases > limits.MaxReleasesPercent*held
	}
	return false
}

func (r restraint) stopped(at where) bool {
	v, puts := r.verdicts[at], false
	switch v.action {
	case entity.ActionBlock, entity.ActionRenew, entity.ActionRepair, entity.ActionGroom:
		puts = true
	}
	h, _ := r.holding(at)
	first := v.action == entity.ActionBlock && len(h.Receipt.Elements) == 0
	return r.policy.Stops.Panic != "" && puts || r.policy.Stops.Pause != "" && first
}

// outOfHours: while the window is closed nothing is blocked anew, and where the operator wants that too nothing is
// released for want of a reason. Persons, spared entities and what has begun do not wait.
func (r restraint) outOfHours(at where) bool {
	v, w := r.verdicts[at], r.policy.Closed
	h, isHeld := r.holding(at)
	switch {
	case w.Why == "" || r.byPerson(at):
		return false
	case v.action == entity.ActionBlock:
		return !isHeld || len(h.Receipt.Elements) == 0
	case v.action == entity.ActionRelease:
		return w.Releases && slices.Contains(wantOfReason, v.why) && h.State != entity.Releasing && h.State != entity.Refused
	}
	return false
}

// onlyPlanned: the first pass after a change releases no more than the floor without being asked.
func (r restraint) onlyPlanned() bool {
	total, most, over := 0, 0, false
	for _, k := range everyKind {
		n, floor := len(r.targets(k, r.isRelease)), r.policy.Gates[k].Floor
		total += n
		over = over || n > floor
		if n > 0 {
			most = max(most, floor)
		}
	}
	return r.policy.Changed != "" && (over || total > most)
}

func (r restraint) isBlock(at where) bool {
	h, isHeld := r.holding(at)
	return r.verdicts[at].action == entity.ActionBlock && (!isHeld || h.State == entity.Refused) && !r.byPerson(at) && !r.stopped(at) && !r.outOfHours(at)
}

func (r restraint) isRelease(at where) bool {
	h, _ := r.holding(at)
	v := r.verdicts[at]
	return v.action == entity.ActionRelease && slices.Contains(wantOfReason, v.why) && h.State != entity.Releasing && h.State != entity.Refused && !r.outOfHours(at)
}

// byPerson: a person ordered what is put in place.
func (r restraint) byPerson(at where) bool {
	s, _ := r.sighting(at.ref)
	return r.ordered(s.Target.Ref, entity.VerbBlock) && r.verdicts[at].action != entity.ActionRelease
}

// targets are those of a kind with an item that counts.
func (r restraint) targets(k entity.Kind, counts func(where) bool) map[entity.Ref]bool {
	some := map[entity.Ref]bool{}
	for at := range r.verdicts {
		if at.ref.Kind == k && counts(at) {
			some[at.ref] = true
		}
	}
	return some
}

func (r restraint) heldTargets(k entity.Kind) map[entity.Ref]bool {
	some := map[entity.Ref]bool{}
	for _, h := range r.held {
		if h.Target.Kind == k && h.Target.Source == r.source && h.State != entity.Refused {
			some[h.Target.Ref] = true
		}
	}
	return some
}
