package syslog

import (
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// dataID names our structured data. Its number is the one that RFC 5424 has for examples: var has none of its own.
const dataID = "var@32473"

// structured writes an event as structured data of RFC 5424 section 6.3, in at most three quarters of the room. After
// a header of RFC 3164 it is the beginning of the text.
func (f form) structured(l *line, e notify.Event) {
	d := &line{most: l.room()*3/4 - len("]")}
	d.put("[" + dataID)
	f.params(e, func(name, value string, most int) {
		d.value(" "+name+`="`, value, `"`, most, paramEscape)
	})
	l.put(d.String() + "]")
}

// params are what is told of an event; what says most comes first.
func (f form) params(e notify.Event, add func(name, value string, most int)) {
	if e.ID != 0 {
		add("id", strconv.FormatInt(e.ID, 10), mostName)
	}
	if e.Times > 1 {
		add("times", strconv.Itoa(e.Times), mostName)
	}
	add("severity", string(e.Severity), mostName)
	add("topic", string(e.Topic), mostName)
	add("action", e.Action, mostName)
	add("outcome", e.Outcome, mostName)
	add("source", e.Ref.Source, mostName)
	add("kind", string(e.Ref.Kind), mostName)
	add("target", e.Ref.ID, mostName)
	add("name", e.Name, mostName)
	add("blocker", e.Blocker, mostName)
	add("owner", f.origin.Owner, mostName)
	add("who", e.By.Who, mostName)
	add("problem", e.Problem, mostReason)
	add("elements", strings.Join(e.Elements, ", "), mostList)
	add("reasons", strings.Join(why(e), "; "), mostList)
}

// paramEscape is for a value. Only these three are escaped there, so a line break is shown as the two letters of its
// escape.
func paramEscape(r rune) string {
	switch r {
	case '"', '\\', ']':
		return `\` + string(r)
	}
	return strings.ReplaceAll(inert.Rune(r), `\`, `\\`)
}
