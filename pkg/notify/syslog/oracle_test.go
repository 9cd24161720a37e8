package syslog

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	parser "github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"
)

// received is a message as an independent parser reads it.
type received struct {
	priority uint8
	at       time.Time
	host     string
	app      string
	id       string
	data     map[string]map[string]string
	text     string
}

// read parses a message, and fails the test where a strict receiver would.
func read(t *testing.T, header string, message []byte) received {
	t.Helper()
	if !utf8.Valid(message) || strings.ContainsAny(string(message), "\r\n\x00") {
		t.Errorf("got %q, want one line of UTF-8", message)
	}
	if header == RFC5424 {
		return read5424(t, message)
	}
	return read3164(t, message)
}

func read5424(t *testing.T, message []byte) received {
	t.Helper()
	parsed, err := rfc5424.NewParser().Parse(message)
	if err != nil {
		t.Fatalf("parse %q: %v", message, err)
	}
	m := parsed.(*rfc5424.SyslogMessage)
	r := base(m.Base)
	if m.StructuredData != nil {
		r.data = *m.StructuredData
	}
	return r
}

func read3164(t *testing.T, message []byte) received {
	t.Helper()
	year := rfc3164.Year{YYYY: epoch.Year()}
	parsed, err := rfc3164.NewParser(rfc3164.WithYear(year), rfc3164.WithLocaleTimezone(time.Local)).Parse(message)
	if err != nil {
		t.Fatalf("parse %q: %v", message, err)
	}
	r := base(parsed.(*rfc3164.SyslogMessage).Base)
	if r.app == "CEF" { // what RFC 3164 takes for a tag is the beginning of the event
		r.app, r.text = "", "CEF:"+r.text
	}
	return r
}

func base(m parser.Base) received {
	return received{
		priority: *m.Priority, at: *m.Timestamp, host: text(m.Hostname), app: text(m.Appname), id: text(m.MsgID), text: text(m.Message),
	}
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// readCEF takes an event apart by the rules of the format alone: seven fields of a header, parted by bars, then keys
// and values, where each equals sign without a backslash ends a key.
func readCEF(event string) (head []string, extension map[string]string, err error) {
	for range 7 {
		field, rest, err := upTo(event, '|')
		if err != nil {
			return nil, nil, err
		}
		head, event = append(head, field), rest
	}
	extension = map[string]string{}
	key, rest, err := upTo(event, '=')
	for err == nil {
		var value, next string
		if value, rest, err = upTo(rest, '='); err == nil {
			space := strings.LastIndexByte(value, ' ')
			if space < 0 {
				return nil, nil, fmt.Errorf("no key before %q", rest)
			}
			value, next = value[:space], value[space+1:]
		} else {
			value = rest
		}
		if _, twice := extension[key]; twice || strings.ContainsAny(key, `\|" `) || key == "" {
			return nil, nil, fmt.Errorf("key %q, twice %v", key, twice)
		}
		plain, problem := unescape(value)
		if problem != nil {
			return nil, nil, problem
		}
		extension[key], key = plain, next
	}
	return head, extension, nil
}

// upTo is what comes before the first such character without a backslash, and what comes after.
func upTo(text string, end byte) (before, after string, err error) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case end:
			return text[:i], text[i+1:], nil
		}
	}
	return "", text, fmt.Errorf("no %c in %q", end, text)
}

func unescape(value string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			b.WriteByte(value[i])
			continue
		}
		i++
		plain, ok := map[byte]byte{'\\': '\\', '=': '=', 'n': '\n', 'r': '\r'}[at(value, i)]
		if !ok {
			return "", fmt.Errorf("an escape that there is not, at %d of %q", i, value)
		}
		b.WriteByte(plain)
	}
	return b.String(), nil
}

func at(text string, i int) byte {
	if i < len(text) {
		return text[i]
	}
	return 0
}
