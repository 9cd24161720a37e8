package entity

import "time"

// What events tell of besides the actions of a plan.
const (
	// EventPanic, EventPause and EventResume: a person stopped what var does, or lets it go on.
	EventPanic  = "panic"
	EventPause  = "pause"
	EventResume = "resume"
	// EventOrder: a person ordered a block or that a target is spared, or took that back.
	EventOrder = "order"
	// EventApply: a person had a plan of a file carried out.
	EventApply = "apply"
	// EventForget: a person took a block off the records.
	EventForget = "forget"
	// EventRestore: a person put a backup in place of the journal.
	EventRestore = "restore"
	// EventGate: a gate holds something back, which it did not before. EventForce: a person lifted gates.
	EventGate  = "gate"
	EventForce = "force"
	// EventUnread: a source, or some of its kinds, could not be read; told when what hinders it changes.
	EventUnread = "unread"
	// EventSilent: a source is without a complete pass for three intervals. EventHeard: it is complete again.
	EventSilent = "silent"
	EventHeard  = "heard"
	// EventStranded: blocks are held that nothing releases by itself; told when it is others than before.
	// EventUnstranded: there are none any more.
	EventStranded   = "stranded"
	EventUnstranded = "unstranded"
)

// EventActions are those above, in the order in which they are shown.
func EventActions() []string {
	return []string{
		EventPanic, EventPause, EventResume, EventOrder, EventApply, EventForget, EventRestore, EventGate, EventForce,
		EventUnread, EventSilent, EventHeard, EventStranded, EventUnstranded,
	}
}

// How actions of a plan ended.
const (
	OutcomeDone        = "done"
	OutcomePart        = "in part"
	OutcomePending     = "pending"
	OutcomeFailed      = "failed"
	OutcomeUnknown     = "unknown"
	OutcomeUnsupported = "unsupported"
)

// Event is one line of history: what was done, or decided, when, and how it ended.
type Event struct {
	// ID grows with each event. Revision is of the same counter, the ID at first; it grows again when the event
	// is told again.
	ID, Revision int64
	// At is when it happened first, Last when it happened last in the same way, Times how often.
	At, Last time.Time
	Times    int
	// Action is an Action of a plan, or one of EventActions.
	Action string
	// Outcome is one of those above; empty where nothing could fail.
	Outcome string
	// Ref is the target; without an ID where no single one is concerned: with the source that it is about, whose name
	// is Name then, and with the kind where it is about one.
	Ref      Ref
	Name     string
	Blocker  string
	Elements []string
	// Reasons are the rules; Problem is what the devices said.
	Reasons []string
	Problem string
	// By is the person behind it; zero: nobody.
	By By
}

// Alike is how many events agree in all that an event is chosen by: action, outcome, source, kind and blocker.
type Alike struct {
	// Event has these, and nothing else.
	Event Event
	Count int
}
