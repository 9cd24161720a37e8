package entity

import "time"

// SourceHand is the source of what a person blocks that no brain knows.
const SourceHand = "hand"

// By says who decided something, why, and when.
type By struct {
	Who    string    `json:"who"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Verb is what a person ordered.
type Verb string

// The verbs of orders.
const (
	// VerbBlock: block the target until the order ends, whatever rules say.
	VerbBlock Verb = "block"
	// VerbSpare: the target counts as one that carries the release tag, until the order ends.
	VerbSpare Verb = "spare"
)

// Order is what a person decided about one target. There is at most one for a target: the last word counts.
type Order struct {
	// Target is all that was known of it then.
	Target Target
	Verb   Verb
	// Until is when the order ends; zero: when it is undone.
	Until time.Time
	By    By
	// Tag is the release tag that was set in the brain for the order, and is taken off with it; empty: none.
	Tag string
}

// Ended reports that the order does not count any more.
func (o Order) Ended(now time.Time) bool { return !o.Until.IsZero() && !now.Before(o.Until) }
