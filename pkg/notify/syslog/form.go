package syslog

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/notify"
)

// The most bytes of a message. A receiver of datagrams should take 2,048 (RFC 5426 section 3.2); rsyslog cuts what
// comes on a stream in two from 8,192 on unless it is told otherwise.
const (
	mostDatagram = 2048
	mostStream   = 8000
)

// form is how events are written.
type form struct {
	origin         notify.Origin
	facility       int
	header, format string
	most           int
}

// message is one line of valid UTF-8, never longer than the form's most.
func (f form) message(e notify.Event) []byte {
	l := &line{most: f.most}
	if f.header == RFC5424 {
		f.head5424(l, e)
	} else {
		f.head3164(l, e)
	}
	f.body(l, e)
	return []byte(l.String())
}

// head5424 goes up to the structured data. See RFC 5424 section 6.
func (f form) head5424(l *line, e notify.Event) {
	l.put(f.priority(e) + "1 " + e.At.UTC().Format("2006-01-02T15:04:05.000000Z07:00") + " ")
	l.put(token(f.origin.Host, 255) + " var " + strconv.Itoa(os.Getpid()) + " " + token(e.Action, 32) + " ")
	if f.format != Structured {
		l.put("- ")
	}
}

// head3164 has no tag before CEF, which is one. See RFC 3164 section 4.1: the time is that of the place.
func (f form) head3164(l *line, e notify.Event) {
	l.put(f.priority(e) + e.At.Local().Format(time.Stamp) + " " + token(f.origin.Host, 255) + " ")
	if f.format != CEF {
		l.put("var: ")
	}
}

func (f form) body(l *line, e notify.Event) {
	switch f.format {
	case CEF:
		f.cef(l, e)
	case Structured:
		f.structured(l, e)
		l.put(" ")
		f.standard(l, e)
	default:
		f.standard(l, e)
	}
}

// priority has the severity of RFC 5424 section 6.2.1: informational, warning or error.
func (f form) priority(e notify.Event) string {
	severity := 6
	switch e.Severity {
	case notify.SeverityWarning:
		severity = 4
	case notify.SeverityError:
		severity = 3
	}
	return "<" + strconv.Itoa(f.facility*8+severity) + ">"
}

// token is a text as a field of a header, which is of printable ASCII without spaces; "-" stands for nothing.
func token(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, text)
	if clean == "" {
		return "-"
	}
	return clean[:min(len(clean), most)]
}
