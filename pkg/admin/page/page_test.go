package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

var now = time.Date(2026, 11, 22, 3, 14, 0, 0, time.UTC)

// known is what a page reads from in these tests.
type known struct {
	status  view.Status
	why     view.Why
	events  []view.Event
	problem error
	// asked is the last question of the history.
	asked view.Question
}

func (k *known) Status(context.Context) (view.Status, error) { return k.status, k.problem }

func (k *known) Why(_ context.Context, text string) (view.Why, error) {
	v := k.why
	v.Text = text
	return v, k.problem
}

func (k *known) History(_ context.Context, q view.Question) (view.History, error) {
	k.asked = q
	from := min(q.Skip, len(k.events))
	return view.History{Schema: 1, Events: k.events[from:min(from+q.Limit, len(k.events))]}, k.problem
}

func (k *known) handler() http.Handler {
	return New(Options{
		Data: k, Site: Site{Owner: "soc", Host: "var1", Version: "1.0"}, Now: func() time.Time { return now },
		Patience: func() time.Duration { return 15 * time.Minute }, Log: slog.New(slog.DiscardHandler),
	})
}

// get asks and answers with code and body.
func (k *known) get(t *testing.T, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	k.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// wants asks, and looks for each text in the answer.
func (k *known) wants(t *testing.T, path string, texts ...string) string {
	t.Helper()
	code, body := k.get(t, path)
	if code != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, code, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%s lacks %q:\n%s", path, text, body)
		}
	}
	return body
}

func holding(i int) view.Holding {
	return view.Holding{
		Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(i), Name: fmt.Sprintf("ws-%04d", i), Blocker: "edge", Label: "Edge",
		Elements: []string{fmt.Sprintf("10.0.%d.%d", i/250, i%250+1)}, State: entity.Complete, Since: now.Add(-time.Hour),
		Reasons: []string{"tag vectra_host_block"}, Devices: []string{"fw1"},
	}
}

func holdings(n int) []view.Holding {
	all := make([]view.Holding, n)
	for i := range all {
		all[i] = holding(i)
	}
	return all
}

// calm is a world in which nothing needs anybody.
func calm(n int) *known {
	return &known{status: view.Status{
		Schema: 1, Holdings: holdings(n), Sources: []view.Source{{Source: "hq", Complete: now.Add(-time.Minute)}},
		Passes:  []view.Pass{{Source: "hq", Began: now.Add(-time.Minute), Ended: now.Add(-time.Minute), Counts: map[string]int{"keep": n}}},
		Devices: []view.Device{{Blocker: "edge", Device: "fw1", Held: n, Enforced: n, At: now}},
	}}
}

func TestAPanicAndAPauseStandOnTopOfEveryPage(t *testing.T) {
	k := calm(3)
	k.status.Stopped = []view.Stop{
		{What: "panic", By: entity.By{Who: "anna", Reason: "nobody can log in", At: now.Add(-time.Hour)}},
		{What: "pause", By: entity.By{Who: "ben", Reason: "change window"}},
	}
	for _, path := range []string{"/", "/target?q=ws-0001", "/history"} {
		_, body := k.get(t, path)
		for _, text := range []string{`role="alert"`, "PANIC", "nothing is put on any device", "anna", "nobody can log in", "PAUSED", "ben", "var resume", "<title>PANIC · PAUSED ·"} {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q", path, text)
			}
		}
		if strings.Index(body, "PANIC") > strings.Index(body, "<header>") {
			t.Errorf("%s tells of the panic below its head", path)
		}
	}
}

func TestNothingIsToldToNeedAnybodyWhereAllIsWell(t *testing.T) {
	body := calm(3).wants(t, "/", "Nothing needs attention", "3 held", "3 of 3")
	if strings.Contains(body, `role="alert"`) {
		t.Error("an alert in a calm world")
	}
}

func TestTheJournalThatDoesNotAnswerIsToldAsSuch(t *testing.T) {
	k := calm(3)
	k.problem = errors.New("database is locked")
	for _, path := range []string{"/", "/target?q=x", "/history", "/status.json", "/why.json?q=x", "/history.json"} {
		code, body := k.get(t, path)
		if code != http.StatusServiceUnavailable || !strings.Contains(body, "database is locked") || !strings.Contains(body, "var status") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
