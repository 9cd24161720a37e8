package syslog

import (
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// cefHead is how the predecessor began its lines: vendor, product, version and class. It left out the name, so that
// no parser of CEF could read what came after.
const cefHead = "CEF:0|Vectra Networks|X Series|var|Vectra Automated Response|"

// cef writes an event in the Common Event Format, version 0 ("Implementing ArcSight Common Event Format"): seven fields
// of a header, then keys of its dictionary. What says most comes first, should not all of it fit.
func (f form) cef(l *line, e notify.Event) {
	l.put(cefHead)
	l.value("", what(e), "|", mostName, headEscape)
	l.put(strconv.Itoa(cefSeverity(e.Severity)) + "|rt=" + strconv.FormatInt(e.At.UnixMilli(), 10))
	if e.ID != 0 {
		l.put(" externalId=" + strconv.FormatInt(e.ID, 10))
	}
	if e.Times > 1 {
		l.put(" cnt=" + strconv.Itoa(e.Times) + " end=" + strconv.FormatInt(last(e).UnixMilli(), 10))
	}
	extend := func(key, value string, most int) { l.value(" "+key+"=", value, "", most, extensionEscape) }
	extend("cat", string(e.Topic), mostName)
	extend("act", e.Action, mostName)
	extend("outcome", e.Outcome, mostName)
	cefPlaces(e, extend)
	extend("suser", e.By.Who, mostName)
	f.cefCustom(e, extend)
}

// cefSeverity is the predecessor's number.
func cefSeverity(s notify.Severity) int {
	switch s {
	case notify.SeverityWarning:
		return 5
	case notify.SeverityError:
		return 8
	}
	return 2
}

// cefPlaces names what is blocked: a host is a source, a detection's or static destination a destination, an account
// the user that something is done to. There is one address of each kind; all stand in cs3. The dictionary has keys of
// their own for addresses of IPv6.
func cefPlaces(e notify.Event, extend func(key, value string, most int)) {
	first := firstOf(e.Elements)
	switch {
	case e.Ref.ID == "":
	case e.Ref.Kind == entity.KindAccount:
		extend("duser", e.Name, mostName)
	case e.Ref.Kind.Class() == entity.ClassSource:
		extend("src", first.v4, mostName)
		extend("c6a2Label=Source IPv6 Address c6a2", first.v6, mostName)
		extend("smac", first.mac, mostName)
		extend("shost", e.Name, mostName)
	default:
		extend("dst", first.v4, mostName)
		extend("c6a3Label=Destination IPv6 Address c6a3", first.v6, mostName)
		extend("dhost", first.domain, mostName)
	}
}

// cefCustom has what the dictionary has no keys for, each with its label.
func (f form) cefCustom(e notify.Event, extend func(key, value string, most int)) {
	custom := func(n int, label, value string, most int) {
		key := "cs" + strconv.Itoa(n)
		extend(key+"Label="+label+" "+key, value, most)
	}
	reasons := why(e)
	custom(1, "source", e.Ref.Source, mostName)
	custom(2, "blocker", e.Blocker, mostName)
	custom(5, "owner", f.origin.Owner, mostName)
	custom(6, "target", e.About(), mostName)
	extend("dvchost", f.origin.Host, mostName)
	if len(reasons) > 0 {
		extend("reason", reasons[0], mostReason)
	}
	extend("msg", e.Problem, mostReason)
	custom(3, "elements", strings.Join(e.Elements, ", "), mostList)
	custom(4, "reasons", strings.Join(reasons, "\n"), mostList)
}

// last is when an event happened last.
func last(e notify.Event) time.Time {
	if e.Last.IsZero() {
		return e.At
	}
	return e.Last
}

// headEscape is for a field of the header, which has no line breaks at all.
func headEscape(r rune) string {
	switch r {
	case '\\', '|':
		return `\` + string(r)
	}
	return strings.ReplaceAll(inert.Rune(r), `\`, `\\`)
}

// extensionEscape is for a value, which may have several lines.
func extensionEscape(r rune) string {
	switch r {
	case '\\', '=':
		return `\` + string(r)
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	}
	return strings.ReplaceAll(inert.Rune(r), `\`, `\\`)
}
