package plan

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Item is one decision: what to do about one target on one blocker, and why. What it points to, and its slices, belong to
// the inputs of the plan and are shared with other items: who wants to change something there changes a copy.
type Item struct {
	Action entity.Action
	// Target is as it was seen; of a release, a renewal and a repair as it was when blocked.
	Target  *entity.Target
	Blocker string
	Label   string
	Reasons []Reason
	// Elements is what Block would put in place; empty when unknown.
	Elements []string
	// Held is what the blocker holds for the target now; nil when nothing is.
	Held *entity.Holding
	// Leaves are the held elements that go off the devices: nobody else holds them. Stays are those that do not.
	Leaves []string
	Stays  []Stay
	// Gated says why the item is held back; empty: it is carried out.
	Gated string
}

// Receipt is what undoes what is held; empty when nothing is held, or nothing known of it.
func (i Item) Receipt() entity.Receipt {
	if i.Held == nil {
		return entity.Receipt{}
	}
	return i.Held.Receipt
}

// State is how far what is held got; empty when nothing is held.
func (i Item) State() entity.State {
	if i.Held == nil {
		return ""
	}
	return i.Held.State
}

// Was is the target as it was when blocked, where anything is known of that: what is taken away belongs to that one. An
// adopted holding has no better copy than today's.
func (i Item) Was() *entity.Target {
	if i.Held == nil || bare(&i.Held.Target) {
		return i.Target
	}
	return &i.Held.Target
}

// Changes reports that the item asks something of a device or of the record, and is not held back.
func (i Item) Changes() bool {
	return i.Gated == "" && i.Action != entity.ActionKeep && i.Action != entity.ActionSpare
}

// quiet reports that the item leaves in place what is wanted and is there.
func (i Item) quiet() bool {
	return i.Action == entity.ActionKeep && i.State() == entity.Complete &&
		!slices.ContainsFunc(i.Reasons, func(r Reason) bool { return !r.Rule.Blocks() })
}

// Stranded reports that the item's blocker, source or one of its devices is not configured any more, or the
// blocker in another way.
func (i Item) Stranded() bool {
	return i.cites(RuleStranded, RulePlace, RuleLostDevice, RuleLostSource)
}
