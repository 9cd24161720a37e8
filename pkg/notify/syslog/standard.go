package syslog

import (
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// standard writes an event as the predecessor wrote its messages: the severity, then what happened, parted by
// semicolons.
//
//	Info: block "ws-fin-042" (hq/host/1969) on edge: done; elements: 10.1.2.3; why: score 80/85;
func (f form) standard(l *line, e notify.Event) {
	l.put(severityWord(e.Severity) + ": ")
	l.value("", e.Action, "", mostName, inert.Rune)
	l.value(` "`, e.Name, `"`, mostName, quoteEscape)
	l.value(" (", e.About(), ")", mostName, inert.Rune)
	l.value(" on ", e.Blocker, "", mostName, inert.Rune)
	l.value(": ", e.Outcome, "", mostName, inert.Rune)
	l.put(";")
	add := func(name, value string, most int) { l.value(" "+name+": ", value, ";", most, inert.Rune) }
	add("by", e.By.Who, mostName)
	add("problem", e.Problem, mostReason)
	add("elements", strings.Join(e.Elements, ", "), mostList)
	add("why", strings.Join(why(e), ", "), mostList)
}

// severityWord is the predecessor's.
func severityWord(s notify.Severity) string {
	switch s {
	case notify.SeverityWarning:
		return "Warning"
	case notify.SeverityError:
		return "Error"
	}
	return "Info"
}

// quoteEscape is for a text between quotes.
func quoteEscape(r rune) string {
	if r == '"' {
		return `\"`
	}
	return inert.Rune(r)
}
