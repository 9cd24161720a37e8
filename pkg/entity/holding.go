package entity

import (
	"slices"
	"time"
)

// State says how far a holding got.
type State string

// The states of a holding.
const (
	// Complete: each device confirmed each element.
	Complete State = "complete"
	// Partial: something may be on some device; blocked again next pass.
	Partial State = "partial"
	// Pending: a device queued the work and has not confirmed it.
	Pending State = "pending"
	// Releasing: being taken away; never repaired.
	Releasing State = "releasing"
	// Refused: the plugin cannot block this target at all; nothing is on any device and it is not asked again
	// until the target's elements change.
	Refused State = "refused"
)

// Holding is what one blocker holds for one target: each element of its receipt
// may have other holders too.
type Holding struct {
	// Target is as it was when blocked.
	Target  Target
	Blocker string
	// Label is the blocker's label in receipt tags when this was blocked.
	Label string
	// Place is the blocker's place when this was blocked; empty when nobody knows. See Elsewhere.
	Place   string
	Receipt Receipt
	State   State
	// Since is when the target was first blocked, Asserted when a device last confirmed.
	Since, Asserted time.Time
	Reasons         []string
	// Devices are those that confirmed, where they are known; Missing those that did not; Problem is
	// what they said.
	Devices []string
	Missing []string
	Problem string
	// Unable is what devices cannot do at all of it: nothing is missing there.
	Unable []Unable
}

// Unable names an element that a device cannot take: a device of an empty name stands for all, an empty
// element too.
type Unable struct {
	Device  string `json:"device,omitempty"`
	Element string `json:"element,omitempty"`
}

// Lacks reports that a device was never able to take an element of the holding.
func (h Holding) Lacks(device, element string) bool {
	return slices.ContainsFunc(h.Unable, func(u Unable) bool {
		return (u.Device == "" || u.Device == device) && (u.Element == "" || u.Element == element)
	})
}

// Class is the class of the holding's elements.
func (h Holding) Class() Class { return h.Target.Kind.Class() }

// Action is what is done about one target on one blocker.
type Action string

// The actions of a plan.
const (
	ActionBlock   Action = "block"
	ActionRenew   Action = "renew"
	ActionGroom   Action = "groom"
	ActionRelease Action = "release"
	ActionKeep    Action = "keep"
	// ActionRepair: what is held is missing on a device and is put back.
	ActionRepair Action = "repair"
	// ActionSpare: a rule matches, but the target must not be blocked.
	ActionSpare Action = "spare"
)

// Intent is written before a device is touched and settled afterwards: it says
// what may have happened if the process dies in between.
type Intent struct {
	ID      int64
	Action  Action
	Target  Target
	Blocker string
	Label   string
	// Elements are those that the action is expected to put on (block, renew, groom) or take off (release).
	Elements []string
	// Receipt is what is held before the action, Devices where it was confirmed.
	Receipt Receipt
	Devices []string
	Reasons []string
	At      time.Time
}

// Note is a text for analysts that is still to be written to a brain.
type Note struct {
	ID   int64
	Ref  Ref
	Text string
}

// TagEdit adds and removes single tags of one entity; every other tag stays.
type TagEdit struct {
	Ref    Ref
	Add    []string
	Remove []string
}

// Settlement is how an intent ended: what is held afterwards, and what is said of it.
type Settlement struct {
	Intent Intent
	// Holding is what is held now; nil when nothing is.
	Holding *Holding
	// Done says in which way the target changed, for the note; empty when nothing did.
	Done Action
	// Partial says that not every device confirmed.
	Partial bool
	// Problem is what the devices said, for the history, when no holding is left that says it.
	Problem string
}

// Outcome is how the action ended, one of the outcomes of events.
func (s Settlement) Outcome() string {
	took := s.Intent.Action == ActionRelease
	switch {
	case s.Holding == nil && !took:
		return OutcomeFailed
	case s.Holding == nil:
		return OutcomeDone
	case s.Holding.State == Releasing && s.Done == "":
		return OutcomeFailed
	case s.Holding.State == Releasing, s.Holding.State == Partial, s.Partial:
		return OutcomePart
	case s.Holding.State == Pending:
		return OutcomePending
	case s.Holding.State == Refused:
		return OutcomeUnsupported
	}
	return OutcomeDone
}

// Leftover is an intent that a former run left behind. Settled is false when
// nobody knows what happened after it was written; else Done and Partial tell.
type Leftover struct {
	Intent  Intent
	Settled bool
	Done    Action
	Partial bool
}
