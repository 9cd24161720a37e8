package webhook

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// message is the stable shape of a message in JSON, see docs/webhook.md.
type message struct {
	Schema int       `json:"schema"`
	Key    string    `json:"key"`
	Sent   time.Time `json:"sent"`
	Origin origin    `json:"origin"`
	Test   bool      `json:"test"`
	// More wait and come later, Missed never come.
	More   int     `json:"more"`
	Missed int     `json:"missed"`
	Events []event `json:"events"`
}

type origin struct {
	Owner   string `json:"owner"`
	Host    string `json:"host"`
	Version string `json:"version"`
	Admin   string `json:"admin,omitempty"`
}

type event struct {
	ID       int64           `json:"id"`
	Time     time.Time       `json:"time"`
	Topic    notify.Topic    `json:"topic"`
	Severity notify.Severity `json:"severity"`
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
	By       *person         `json:"by,omitempty"`
	// Cut: texts or lists were too long and are not whole.
	Cut bool `json:"cut,omitempty"`
}

type person struct {
	Who    string `json:"who"`
	Reason string `json:"reason,omitempty"`
}

// The most bytes of texts, and the most of a list. Whoever is to be blocked has a say in how long they are.
const (
	mostName = 500
	mostText = 4000
	mostList = 100
)

// cutter makes texts legible and remembers that one was too long.
type cutter struct{ cut bool }

func (c *cutter) text(text string, most int) string {
	short := inert.Short(text, most)
	c.cut = c.cut || short != inert.Text(text)
	return short
}

func (c *cutter) list(texts []string) []string {
	if len(texts) > mostList {
		texts, c.cut = texts[:mostList], true
	}
	var all []string
	for _, t := range texts {
		all = append(all, c.text(t, mostName))
	}
	return all
}

func eventOf(e notify.Event) event {
	c := &cutter{}
	v := event{
		ID: e.ID, Time: e.Last.UTC(), Topic: e.Topic, Severity: e.Severity, Action: c.text(e.Action, mostName),
		Outcome: c.text(e.Outcome, mostName), Source: c.text(e.Ref.Source, mostName), Kind: e.Ref.Kind,
		Target: c.text(e.Ref.ID, mostName), Name: c.text(e.Name, mostName), Blocker: c.text(e.Blocker, mostName),
		Elements: c.list(e.Elements), Reasons: c.list(e.Reasons), Problem: c.text(e.Problem, mostText),
	}
	if e.By != (entity.By{}) {
		v.By = &person{c.text(e.By.Who, mostName), c.text(e.By.Reason, mostText)}
	}
	v.Cut = c.cut
	return v
}

func messageOf(b notify.Batch, o notify.Origin) message {
	m := message{
		Schema: 1, Key: b.Key, Sent: b.At.UTC(), Test: b.Test, More: b.More, Missed: b.Missed, Events: []event{},
		Origin: origin{inert.Short(o.Owner, mostName), inert.Short(o.Host, mostName), inert.Short(o.Version, mostName), inert.Short(o.Admin, mostName)},
	}
	for _, e := range b.Events {
		m.Events = append(m.Events, eventOf(e))
	}
	return m
}

// mostBody is about how many bytes of events one message has.
const mostBody = 256 << 10

// fitting is where the events end that one message has which begins with the one at from. There is one at least.
func fitting(events []event, from int) (to int, err error) {
	size := 0
	for to = from; to < len(events); to++ {
		text, err := json.Marshal(events[to])
		if err != nil {
			return 0, err
		}
		if size += len(text); size > mostBody && to > from {
			return to, nil
		}
	}
	return to, nil
}

func encoded(v any) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	err := out.Encode(v)
	return text.Bytes(), err
}
