package syslog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

var (
	epoch  = time.Date(2026, 11, 21, 19, 18, 30, 250_000_000, time.UTC)
	origin = notify.Origin{Owner: "hq-var", Host: "var-1", Version: "1.0"}
)

func host(name string) notify.Event {
	return notify.Classify(entity.Event{
		ID: 17, At: epoch, Action: "block", Outcome: entity.OutcomeDone, Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1969"},
		Name: name, Blocker: "edge", Elements: []string{"10.1.2.3", "2001:db8::7", "10.1.2.4", "00:11:22:33:44:55"},
		Reasons: []string{"score 80/85", "tag block"},
	})
}

func formOf(header, format string) form {
	return form{origin: origin, facility: 16, header: header, format: format, most: mostStream}
}

func TestCEF(t *testing.T) {
	account := notify.Classify(entity.Event{
		ID: 18, At: epoch, Action: "release", Outcome: entity.OutcomeFailed, Ref: entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "7"},
		Name: "anna@corp", Blocker: "dc", Elements: []string{"anna"}, Problem: "dc1: 500\ndc2: a=b",
	})
	detection := notify.Classify(entity.Event{
		ID: 19, At: epoch, Last: epoch.Add(time.Second), Times: 3, Action: "block", Outcome: entity.OutcomePart,
		Ref:  entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "8"},
		Name: "Beacon", Blocker: "edge", Elements: []string{"evil.example", "8.8.4.4", "9.9.9.0/24"},
		By: entity.By{Who: "carl", Reason: "seen | again"},
	})
	panicked := notify.Classify(entity.Event{ID: 20, At: epoch, Action: entity.EventPanic, By: entity.By{Who: "carl"}})
	gate := notify.Classify(entity.Event{
		ID: 21, At: epoch, Action: entity.EventGate, Ref: entity.Ref{Source: "hq", Kind: entity.KindHost}, Name: "hq", Reasons: []string{"9 hosts"},
	})
	tests := map[string]struct {
		event notify.Event
		head  []string
		want  map[string]string
	}{
		"a host": {
			host("ws-fin-042"),
			[]string{"block", "2"},
			map[string]string{
				"externalId": "17", "cat": "change", "act": "block", "outcome": "done", "src": "10.1.2.3", "c6a2Label": "Source IPv6 Address",
				"c6a2": "2001:db8::7", "smac": "00:11:22:33:44:55", "shost": "ws-fin-042", "reason": "score 80/85",
				"cs1": "hq", "cs2": "edge", "cs3": "10.1.2.3, 2001:db8::7, 10.1.2.4, 00:11:22:33:44:55", "cs4": "score 80/85\ntag block",
				"cs6": "hq/host/1969", "cs1Label": "source", "cs2Label": "blocker", "cs3Label": "elements", "cs4Label": "reasons", "cs6Label": "target",
			},
		},
		"an account": {
			account,
			[]string{"release failed", "8"},
			map[string]string{
				"externalId": "18", "cat": "failure", "act": "release", "outcome": "failed", "duser": "anna@corp", "msg": "dc1: 500\ndc2: a=b",
				"cs1": "hq", "cs2": "dc", "cs3": "anna", "cs6": "hq/account/7",
				"cs1Label": "source", "cs2Label": "blocker", "cs3Label": "elements", "cs6Label": "target",
			},
		},
		"a detection": {
			detection,
			[]string{"block in part", "5"},
			map[string]string{
				"externalId": "19", "cnt": "3", "end": "1795288711250", "cat": "failure", "act": "block", "outcome": "in part", "dst": "8.8.4.4",
				"dhost": "evil.example", "suser": "carl", "reason": "seen | again", "cs1": "hq", "cs2": "edge",
				"cs3": "evil.example, 8.8.4.4, 9.9.9.0/24", "cs4": "seen | again", "cs6": "hq/detection/8",
				"cs1Label": "source", "cs2Label": "blocker", "cs3Label": "elements", "cs4Label": "reasons", "cs6Label": "target",
			},
		},
		"a panic": {
			panicked,
			[]string{"panic", "8"},
			map[string]string{"externalId": "20", "cat": "stop", "act": "panic", "suser": "carl"},
		},
		"a gate, which is no host": {
			gate,
			[]string{"gate", "5"},
			map[string]string{
				"externalId": "21", "cat": "gate", "act": "gate", "reason": "9 hosts", "cs1": "hq", "cs4": "9 hosts", "cs6": "hq/host",
				"cs1Label": "source", "cs4Label": "reasons", "cs6Label": "target",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			maps.Copy(test.want, map[string]string{"rt": "1795288710250", "dvchost": "var-1", "cs5": "hq-var", "cs5Label": "owner"})
			got := read(t, RFC5424, formOf(RFC5424, CEF).message(test.event))
			head, extension, err := readCEF(got.text)
			if err != nil {
				t.Fatal(err)
			}
			// The predecessor's line begins so; what comes after it had no name.
			want := append([]string{"CEF:0", "Vectra Networks", "X Series", "var", "Vectra Automated Response"}, test.head...)
			if diff := cmp.Diff(want, head); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, extension); diff != "" {
				t.Errorf("extension (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStructured(t *testing.T) {
	e := host(`a"b\c]d` + "\n")
	got := read(t, RFC5424, formOf(RFC5424, Structured).message(e))
	want := map[string]map[string]string{"var@32473": {
		"id": "17", "severity": "info", "topic": "change", "action": "block", "outcome": "done", "source": "hq", "kind": "host", "target": "1969",
		"name": `a"b\c]d\n`, "blocker": "edge", "owner": "hq-var",
		"elements": "10.1.2.3, 2001:db8::7, 10.1.2.4, 00:11:22:33:44:55", "reasons": "score 80/85; tag block",
	}}
	if diff := cmp.Diff(want, got.data); diff != "" {
		t.Errorf("structured data (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(got.text, "Info: block ") {
		t.Errorf("got text %q, want the sentence after the data", got.text)
	}
}

func TestStandard(t *testing.T) {
	e := host("ws \"fin\"\n")
	e.By, e.Problem = entity.By{Who: "carl", Reason: "said so"}, "edge1: slow"
	got := read(t, RFC3164, formOf(RFC3164, Standard).message(e))
	want := `Info: block "ws \"fin\"\n" (hq/host/1969) on edge: done; by: carl; problem: edge1: slow; ` +
		`elements: 10.1.2.3, 2001:db8::7, 10.1.2.4, 00:11:22:33:44:55; why: score 80/85, tag block, said so;`
	if got.text != want {
		t.Errorf("got  %s\nwant %s", got.text, want)
	}
}

func TestHeaders(t *testing.T) {
	severities := map[notify.Severity]uint8{notify.SeverityInfo: 134, notify.SeverityWarning: 132, notify.SeverityError: 131}
	for _, header := range []string{RFC5424, RFC3164} {
		for severity, priority := range severities {
			e := host("x")
			e.Severity = severity
			got := read(t, header, formOf(header, Standard).message(e))
			want := received{priority: priority, at: epoch, host: "var-1", app: "var", id: "block", text: got.text}
			if header == RFC3164 {
				want.at, want.id = epoch.Truncate(time.Second), ""
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(received{})); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", header, severity, diff)
			}
		}
	}
}

func TestHeaderFieldsCannotBeForged(t *testing.T) {
	e := host("x")
	e.Action = "block - - [var@32473 id=\"1\"]\nx" + strings.Repeat("y", 99)
	f := formOf(RFC5424, Standard)
	f.origin.Host = "a b\tc\u00fc"
	got := read(t, RFC5424, f.message(e))
	if got.host != "a_b_c_" || len(got.id) != 32 || strings.Contains(got.id, " ") || got.data != nil {
		t.Errorf("got host %q, id %q and data %v; want fields of one word, and no data", got.host, got.id, got.data)
	}
}

func TestWhatIsLongIsCutAndStaysAnEvent(t *testing.T) {
	long := strings.Repeat("ü|=\\]\"\n", 1200) // 8 KiB and more
	e := host(long)
	e.Problem, e.Reasons, e.Elements = long, []string{long, long}, slices.Repeat([]string{"10.1.2.3"}, 2000)
	for _, most := range []int{mostDatagram, mostStream} {
		for _, header := range []string{RFC5424, RFC3164} {
			for _, format := range []string{CEF, Structured, Standard} {
				f := formOf(header, format)
				f.most = most
				m := f.message(e)
				got := read(t, header, m)
				if len(m) > most || !strings.Contains(got.text, inert.Cut) {
					t.Errorf("%s, %s: got %d bytes: %s; want at most %d, and a mark of the cut", header, format, len(m), got.text, most)
				}
				if format != CEF {
					continue
				}
				_, extension, err := readCEF(got.text)
				if err != nil || extension["src"] != "10.1.2.3" || extension["cs1"] != "hq" {
					t.Errorf("%s: got %v and %v, want the address and the source in it", header, extension, err)
				}
			}
		}
	}
}
