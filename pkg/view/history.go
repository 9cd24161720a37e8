package view

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// History is what was done and decided, the newest first.
type History struct {
	Events []Event `json:"events"`
	Schema int     `json:"schema"`
}

// Event is a line of history.
type Event struct {
	At       time.Time   `json:"at"`
	Last     time.Time   `json:"last,omitzero"`
	Times    int         `json:"times"`
	Action   string      `json:"action"`
	Outcome  string      `json:"outcome,omitempty"`
	Source   string      `json:"source,omitempty"`
	Kind     entity.Kind `json:"kind,omitempty"`
	ID       string      `json:"id,omitempty"`
	Name     string      `json:"name,omitempty"`
	Blocker  string      `json:"blocker,omitempty"`
	Elements []string    `json:"elements,omitempty"`
	Reasons  []string    `json:"reasons,omitempty"`
	Problem  string      `json:"problem,omitempty"`
	By       *entity.By  `json:"by,omitempty"`
}

// HistoryOf shows events in their order.
func HistoryOf(events []entity.Event) History { return History{EventsOf(events), 1} }

// EventsOf shows events in their order.
func EventsOf(events []entity.Event) []Event {
	views := make([]Event, len(events))
	for i, e := range events {
		views[i] = Event{
			At: e.At, Last: e.Last, Times: max(e.Times, 1), Action: e.Action, Outcome: e.Outcome, Source: e.Ref.Source,
			Kind: e.Ref.Kind, ID: e.Ref.ID, Name: e.Name, Blocker: e.Blocker, Elements: e.Elements, Reasons: e.Reasons, Problem: e.Problem,
		}
		if e.By != (entity.By{}) {
			views[i].By = &e.By
		}
	}
	return views
}
