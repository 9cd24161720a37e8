package page

import (
	"net/url"

	"github.com/var-project/var/pkg/view"
)

// eventTable is a part of the history under a title.
type eventTable struct {
	Caption string
	Events  []view.Event
}

// Events are the last ones of a target.
func (t target) Events() eventTable {
	return eventTable{"What was done, the newest first", t.History}
}

// Table is what the history says of a text that means nothing else.
func (q inquiry) Table() eventTable {
	return eventTable{"What the history says of it", q.History}
}

// Command asks the brains too.
func (q inquiry) Command() string { return typed("var why", q.Text, "") }

// Table is one page of the history.
func (c chronicle) Table() eventTable {
	return eventTable{"Done and decided, the newest first: " + thousands(c.Pager.From) + " to " + thousands(c.Pager.To), c.Events}
}

// JSON is where a program finds the same.
func (c chronicle) JSON() string {
	v := url.Values{}
	for name, text := range map[string]string{"q": c.Text, "blocker": c.Blocker, "since": c.Since} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return "/history.json?" + v.Encode()
}
