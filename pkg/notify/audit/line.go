package audit

import (
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// mark tells one line from every other, also from those of a journal that was lost, or was replaced by a backup.
type mark struct {
	ID       int64     `json:"id,omitempty"`
	Revision int64     `json:"revision,omitempty"`
	Time     time.Time `json:"time"`
}

// line is one change as it stands in the file. Time is when it happened last, First when it happened first.
type line struct {
	mark
	First    time.Time       `json:"first,omitzero"`
	Times    int             `json:"times,omitempty"`
	Topic    notify.Topic    `json:"topic,omitempty"`
	Severity notify.Severity `json:"severity,omitempty"`
	Action   string          `json:"action"`
	Outcome  string          `json:"outcome,omitempty"`
	Source   string          `json:"source,omitempty"`
	Kind     entity.Kind     `json:"kind,omitempty"`
	Target   string          `json:"target,omitempty"`
	Name     string          `json:"name,omitempty"`
	Blocker  string          `json:"blocker,omitempty"`
	Elements []string        `json:"elements,omitempty"`
	Reasons  []string        `json:"reasons,omitempty"`
	Problem  string          `json:"problem,omitempty"`
	By       *entity.By      `json:"by,omitempty"`
	// Missed counts changes that are not in the file, since they were forgotten before they could be written.
	Missed  int    `json:"missed,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Host    string `json:"host,omitempty"`
	Version string `json:"version,omitempty"`
}

// Actions of lines that are no events.
const (
	actionTest   = "test"
	actionMissed = "missed"
)

func (c *Channel) line(e notify.Event) line {
	l := line{
		mark: mark{e.ID, e.Revision, e.Last.UTC()}, First: e.At.UTC(), Times: e.Times, Topic: e.Topic, Severity: e.Severity,
		Action: e.Action, Outcome: e.Outcome, Source: e.Ref.Source, Kind: e.Ref.Kind, Target: e.Ref.ID, Name: e.Name,
		Blocker: e.Blocker, Elements: e.Elements, Reasons: e.Reasons, Problem: e.Problem,
	}
	if e.By != (entity.By{}) {
		l.By = &e.By
	}
	return c.from(l)
}

// from says who writes.
func (c *Channel) from(l line) line {
	l.Owner, l.Host, l.Version = c.origin.Owner, c.origin.Host, c.origin.Version
	return l
}

// notices are the lines of a batch that are no events.
func (c *Channel) notices(b notify.Batch) (lines []line) {
	if b.Test {
		lines = append(lines, c.from(line{mark: mark{Time: b.At.UTC()}, Action: actionTest}))
	}
	if b.Missed > 0 {
		lines = append(lines, c.from(line{mark: mark{Time: b.At.UTC()}, Action: actionMissed, Missed: b.Missed}))
	}
	return lines
}
