package mail

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

func digested(t *testing.T, b notify.Batch) (text, html string) {
	t.Helper()
	b.At = epoch
	text, html, err := write(digestOf(b, origin))
	if err != nil {
		t.Fatal(err)
	}
	return text, html
}

func TestDigest(t *testing.T) {
	failed := notify.Classify(entity.Event{
		At: epoch, Action: "release", Outcome: entity.OutcomeFailed, Ref: entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "7"},
		Name: "anna@corp", Blocker: "dc", Elements: []string{"anna"}, Problem: "dc1: 500\ndc2: 503", Reasons: []string{"calm again"},
	})
	panicked := notify.Classify(entity.Event{
		At: epoch, Last: epoch.Add(time.Minute), Times: 2, Action: entity.EventPanic, By: entity.By{Who: "carl", Reason: "wrong list"},
	})
	gate := notify.Classify(entity.Event{
		At: epoch, Action: entity.EventGate, Ref: entity.Ref{Source: "hq", Kind: entity.KindHost}, Name: "hq", Reasons: []string{"9 hosts"},
	})
	text, _ := digested(t, notify.Batch{Events: []notify.Event{blocked("ws-fin-042"), failed, gate, panicked}, More: 3, Missed: 2})
	want := `Needs attention: 3. Changed: 1.

NEEDS ATTENTION

Stopped or resumed: 1

  panic
    by:       carl: wrong list
    time:     2026-11-21 19:18:30 UTC, 2 times until 2026-11-21 19:19:30 UTC
    more:     var status

Failed: 1

  anna@corp (hq/account/7)
    release on dc: failed
    elements: anna
    problem:  dc1: 500
              dc2: 503
    why:      calm again
    time:     2026-11-21 19:18:30 UTC
    more:     var why hq/account/7

Held back by gates, or let pass: 1

  hq (hq/host)
    gate
    why:      9 hosts
    time:     2026-11-21 19:18:30 UTC
    more:     var plan

WHAT CHANGED

Blocked: 1

  ws-fin-042 (hq/host/1969)
    block on edge: done
    elements: 10.1.2.3
    why:      score 80/85
    time:     2026-11-21 19:18:30 UTC
    more:     var why hq/host/1969

3 more wait, and come with the next mail.

2 were too old to be told when mail could be sent again: var history

-- 
var 1.0 on var-1 (hq-var), 2026-11-21 19:18:30 UTC
http://127.0.0.1:9753/
`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestEveryEventStandsInTheDigest(t *testing.T) {
	var events []notify.Event
	for _, action := range slices.Concat(entity.EventActions(), []string{"block", "release", "renew", "groom", "repair", "teleport"}) {
		for _, outcome := range []string{entity.OutcomeDone, entity.OutcomeFailed} {
			e := notify.Classify(entity.Event{At: epoch, Action: action, Outcome: outcome, Name: "name of " + action + " " + outcome})
			events = append(events, e)
		}
	}
	text, html := digested(t, notify.Batch{Events: events})
	for _, e := range events {
		if strings.Count(text, e.Name+"\n") != 1 || strings.Count(html, e.Name+"<") != 1 {
			t.Errorf("%s: got it %d times in\n%s\nwant it once in text and HTML", e.Name, strings.Count(text, e.Name), text)
		}
	}
}

func TestADigestIsBounded(t *testing.T) {
	long := strings.Repeat("<ü\x00>\n", 1200)
	many := slices.Repeat([]string{long}, 100)
	var events []notify.Event
	for range mostItems + 50 {
		e := blocked(long)
		e.Elements, e.Reasons, e.Problem = many, many, long
		events = append(events, e)
	}
	failed := blocked("the last one")
	failed.Topic = notify.TopicFailure
	text, html := digested(t, notify.Batch{Events: append(events, failed)})
	if size := len(text) + len(html); size > 8<<20 {
		t.Errorf("got %d bytes, want at most 8 MiB", size)
	}
	if !strings.Contains(text, "the last one") || !strings.Contains(text, "and 51 more: var history") {
		t.Error("want what needs attention among those that are shown, and how many are not")
	}
	if !strings.Contains(text, "and 92 more\n") {
		t.Error("want how many elements are not shown")
	}
}

func TestNoNameGetsIntoACommand(t *testing.T) {
	e := blocked("x")
	e.Ref.ID = "$(reboot)"
	if got := itemOf(e).Look; got != "var history" {
		t.Errorf("got %q to be copied into a shell", got)
	}
}

func TestATestSaysSo(t *testing.T) {
	text, html := digested(t, notify.Batch{Test: true})
	if want := "This is a test"; !strings.Contains(text, want) || !strings.Contains(html, want) {
		t.Errorf("got %s and %s, want %q", text, html, want)
	}
}

// FuzzLetter writes hostile names, and reads them back with parsers that are not ours.
func FuzzLetter(f *testing.F) {
	for _, seed := range []string{
		"ws-fin-042", "a\r\nBcc: x@y\r\n\r\nz", "<script>alert(1)</script>", "{{.Origin}}", "\r\n.\r\n", "büro\xff\u202e", "-- \n", strings.Repeat("=", 8<<10),
	} {
		f.Add(seed, "x", "x")
		f.Add("x", seed, seed)
	}
	f.Fuzz(func(t *testing.T, name, problem, subject string) {
		c, err := New(Config{Server: "mail.test", From: "var@example.net", To: []string{"soc@example.net"}, Subject: subject}, origin)
		if err != nil {
			t.Fatal(err)
		}
		e := blocked(name)
		e.Problem, e.Elements, e.Reasons, e.By = problem, []string{name}, []string{problem, name}, entity.By{Who: name, Reason: problem}
		b := notify.Batch{Events: []notify.Event{e}, Key: name, At: epoch}
		letter, err := c.letter(b)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(letter))
		if err != nil {
			t.Fatal(err)
		}
		checkHeader(t, m.Header)
		text, html := digested(t, b)
		if gotText, gotHTML := parts(t, m); gotText != text || gotHTML != html {
			t.Errorf("got\n%s\n%s\nwant\n%s\n%s", gotText, gotHTML, text, html)
		}
		checkHarmless(t, text, html, b)
	})
}

func checkHeader(t *testing.T, h mail.Header) {
	known := []string{
		"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress",
	}
	for key, values := range h {
		if !slices.Contains(known, key) || len(values) != 1 {
			t.Errorf("got header %s with %q, want ours alone", key, values)
		}
	}
}

// checkHarmless compares with a digest of the same event with tame words: no tag and no line may be more.
func checkHarmless(t *testing.T, text, html string, b notify.Batch) {
	if strings.ContainsFunc(text+html, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }) {
		t.Errorf("got %q, which steers", text)
	}
	e := b.Events[0]
	tame := func(text string) string {
		if text == "" {
			return ""
		}
		return "x"
	}
	e.Name, e.Elements, e.By = tame(e.Name), []string{tame(e.Name)}, entity.By{Who: tame(e.By.Who), Reason: tame(e.By.Reason)}
	e.Reasons = []string{tame(b.Events[0].Problem), tame(e.Name)}
	var problems []string
	for line := range strings.SplitSeq(e.Problem, "\n") {
		problems = append(problems, tame(line))
	}
	e.Problem = strings.Join(problems, "\n")
	tameText, tameHTML := digested(t, notify.Batch{Events: []notify.Event{e}})
	for _, count := range []struct{ what, got, want, of string }{
		{"lines", text, tameText, "\n"},
		{"tags", html, tameHTML, "<"},
		{"lines of HTML", html, tameHTML, "\n"},
	} {
		if got, want := strings.Count(count.got, count.of), strings.Count(count.want, count.of); got != want {
			t.Error(fmt.Sprintf("%s: got %d, want %d, in", count.what, got, want), count.got)
		}
	}
}
