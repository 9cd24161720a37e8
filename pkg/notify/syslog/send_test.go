package syslog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/notifytest"
)

// hostile is longer than 8 KiB.
var hostile = strings.Repeat("a|b=c\\d]\"\r\n<134>1 - forged\xff\u202eü", 300)

func (r *rsyslog) ways() map[string]Config {
	return map[string]Config{
		"udp":   {Protocol: UDP, Port: r.udp},
		"octet": {Protocol: TCP, Port: r.octet},
		"lf":    {Protocol: TCP, Port: r.lf, Framing: LF},
		"tls":   {Protocol: TLS, Port: r.tls},
	}
}

func TestSend(t *testing.T) {
	r := newRsyslog(t)
	r.start(t)
	forms := 0
	for _, header := range []string{RFC5424, RFC3164} {
		for _, format := range []string{CEF, Structured, Standard} {
			for way, c := range r.ways() {
				c.Header, c.Format = header, format
				taken, err := r.channel(t, c).Send(t.Context(), notify.Batch{Events: []notify.Event{host("tame"), host(hostile)}})
				if taken != 2 || err != nil {
					t.Fatalf("%s, %s, %s: got %d and %v, want both taken", way, header, format, taken, err)
				}
			}
			forms++
		}
	}
	for way := range r.ways() {
		messages := r.received(t, way, 2*forms)
		if len(messages) != 2*forms {
			t.Errorf("%s: got %d messages, want %d", way, len(messages), 2*forms)
		}
		for i, m := range messages {
			checkReceived(t, i, m)
		}
	}
}

// checkReceived reads a message in the order in which TestSend sends them.
func checkReceived(t *testing.T, i int, message []byte) {
	t.Helper()
	header := []string{RFC5424, RFC3164}[i/6]
	got := read(t, header, message)
	if got.host != "var-1" || got.priority != 134 {
		t.Errorf("got %+v, want it from var-1 with priority 134", got)
	}
	name := []string{"tame", `a|b=c\d]"`}[i%2]
	switch i / 2 % 3 {
	case 0:
		_, extension, err := readCEF(got.text)
		if err != nil || !strings.HasPrefix(extension["shost"], name) || extension["src"] != "10.1.2.3" {
			t.Errorf("got %q and %v, want %q", message, err, name)
		}
	case 1:
		if header == RFC5424 && !strings.HasPrefix(got.data[dataID]["name"], name) {
			t.Errorf("got %q, want %q", got.data, name)
		}
	default:
		if !strings.HasPrefix(got.text, `Info: block "`+strings.ReplaceAll(name, `"`, `\"`)) {
			t.Errorf("got %q, want %q", got.text, name)
		}
	}
}

func TestADownServerIsToldOnceItIsUp(t *testing.T) {
	r := newRsyslog(t)
	b := notify.Batch{Missed: 3, At: epoch}
	for i := range 200 {
		e := host(fmt.Sprintf("ws-%d", i))
		e.ID = int64(i + 1)
		b.Events = append(b.Events, e)
	}
	for way, c := range r.ways() {
		for range 10 {
			if taken, err := r.channel(t, c).Send(t.Context(), notify.Batch{Events: b.Events}); taken != 0 || err == nil || !strings.Contains(err.Error(), "nothing listens there") {
				t.Fatalf("%s: got %d and %v while it is down, want none taken", way, taken, err)
			}
		}
	}
	r.start(t)
	for way, c := range r.ways() {
		if taken, err := r.channel(t, c).Send(t.Context(), b); taken != 200 || err != nil {
			t.Fatalf("%s: got %d and %v, want all taken", way, taken, err)
		}
		messages := r.received(t, way, 201)
		if len(messages) != 201 || !strings.Contains(string(messages[0]), "3 events were too old") {
			t.Errorf("%s: got %d messages, the first %s; want 201, and first what was missed", way, len(messages), messages[0])
		}
		for i, m := range messages[1:] {
			if want := fmt.Sprintf(" externalId=%d ", i+1); !strings.Contains(string(m), want) {
				t.Errorf("%s: got %s, want %s", way, m, want)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for want, c := range map[string]Config{
		"notify.syslog.server":   {},
		"notify.syslog.protocol": {Server: "x", Protocol: "sctp"},
		"notify.syslog.framing":  {Server: "x", Framing: "nul"},
		"notify.syslog.header":   {Server: "x", Header: "rfc1"},
		"notify.syslog.format":   {Server: "x", Format: "leef"},
		"notify.syslog.facility": {Server: "x", Facility: "local8"},
	} {
		if _, err := New(c, origin); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNothingIsSentForNothing(t *testing.T) {
	nobody := notifytest.Host()
	c, err := New(Config{Server: nobody, Protocol: TCP, Port: notifytest.FreePort(t, nobody)}, origin)
	if err != nil {
		t.Fatal(err)
	}
	if taken, err := c.Send(t.Context(), notify.Batch{}); taken != 0 || err != nil {
		t.Errorf("got %d and %v", taken, err)
	}
}

func TestEveryFacilityHasANumber(t *testing.T) {
	for _, name := range facilityNames() {
		if _, ok := facilities[name]; !ok {
			t.Errorf("%s has none", name)
		}
	}
	if len(facilityNames()) != len(facilities) || facilities["local0"] != 16 {
		t.Errorf("got %d names, want %d", len(facilityNames()), len(facilities))
	}
	e := entity.Event{At: epoch, Action: "x"}
	f := formOf(RFC5424, Standard)
	f.facility = facilities["kern"]
	if m := string(f.message(notify.Event{Event: e, Severity: notify.SeverityError})); !strings.HasPrefix(m, "<3>1 ") {
		t.Errorf("got %s, want priority 3", m)
	}
}
