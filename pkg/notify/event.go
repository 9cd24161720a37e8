// Package notify tells others what the history says: it carries each event to each channel once, however long a
// channel is down, and never holds up what var is for.
package notify

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Topic says what an event is about.
type Topic string

// The topics.
const (
	// TopicChange: something was blocked, released, renewed or repaired, or a device has accepted to.
	TopicChange Topic = "change"
	// TopicFailure: it failed, in whole or in part, or cannot be done at all.
	TopicFailure Topic = "failure"
	// TopicGate: a gate holds something back, or was lifted.
	TopicGate Topic = "gate"
	// TopicSource: a source could not be read, is silent, or is heard again.
	TopicSource Topic = "source"
	// TopicStranded: blocks are held that nothing releases by itself.
	TopicStranded Topic = "stranded"
	// TopicStop: panic, pause and resume.
	TopicStop Topic = "stop"
	// TopicOrder: what a person ordered otherwise.
	TopicOrder Topic = "order"
)

// Topics lists them in the order in which they are shown.
func Topics() []Topic {
	return []Topic{TopicChange, TopicFailure, TopicGate, TopicSource, TopicStranded, TopicStop, TopicOrder}
}

// Severity says how much an event needs somebody.
type Severity string

// The severities, those of the predecessor, which wrote 2, 5 and 8 for them.
const (
	SeverityInfo    Severity = "info"
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// Severities lists them, the least first.
func Severities() []Severity { return []Severity{SeverityInfo, SeverityWarning, SeverityError} }

// AtLeast reports that s is not below least.
func (s Severity) AtLeast(least Severity) bool {
	return slices.Index(Severities(), s) >= slices.Index(Severities(), least)
}

// Event is an event of the history as channels tell it.
type Event struct {
	entity.Event
	Topic    Topic
	Severity Severity
}

// About is what an event concerns: "source/kind/id" for a target; "source/kind" or the source alone where it is about
// no single one, and empty where it is about everything.
func (e Event) About() string {
	if e.Ref.ID != "" {
		return e.Ref.String()
	}
	return strings.TrimSuffix(e.Ref.Source+"/"+string(e.Ref.Kind), "/")
}

// meaning is what an event is about and how much it needs somebody.
type meaning struct {
	topic    Topic
	severity Severity
}

var ofAction = map[string]meaning{
	entity.EventPanic:      {TopicStop, SeverityError},
	entity.EventPause:      {TopicStop, SeverityWarning},
	entity.EventResume:     {TopicStop, SeverityInfo},
	entity.EventOrder:      {TopicOrder, SeverityInfo},
	entity.EventApply:      {TopicOrder, SeverityInfo},
	entity.EventForget:     {TopicOrder, SeverityWarning},
	entity.EventRestore:    {TopicOrder, SeverityWarning},
	entity.EventGate:       {TopicGate, SeverityWarning},
	entity.EventForce:      {TopicGate, SeverityWarning},
	entity.EventUnread:     {TopicSource, SeverityWarning},
	entity.EventSilent:     {TopicSource, SeverityError},
	entity.EventHeard:      {TopicSource, SeverityInfo},
	entity.EventStranded:   {TopicStranded, SeverityWarning},
	entity.EventUnstranded: {TopicStranded, SeverityInfo},
}

// ofOutcome is for actions of a plan.
var ofOutcome = map[string]meaning{
	entity.OutcomeDone:        {TopicChange, SeverityInfo},
	entity.OutcomePending:     {TopicChange, SeverityInfo},
	entity.OutcomePart:        {TopicFailure, SeverityWarning},
	entity.OutcomeUnsupported: {TopicFailure, SeverityWarning},
	entity.OutcomeUnknown:     {TopicFailure, SeverityWarning},
	entity.OutcomeFailed:      {TopicFailure, SeverityError},
}

// Classify says what an event is about. What it does not know, of a newer version, it takes for a change.
func Classify(e entity.Event) Event {
	m, known := ofAction[e.Action]
	if !known {
		m, known = ofOutcome[e.Outcome]
	}
	if !known {
		m = meaning{TopicChange, SeverityInfo}
	}
	return Event{Event: e, Topic: m.topic, Severity: m.severity}
}
