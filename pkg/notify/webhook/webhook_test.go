package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/secret"
)

var epoch = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

var from = notify.Origin{Owner: "0f3a", Host: "soc-1", Version: "1.2.3"}

func event1(name string) notify.Event {
	return notify.Classify(entity.Event{
		ID: 7, Revision: 7, At: epoch, Last: epoch, Times: 1, Action: "block", Outcome: entity.OutcomePart,
		Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1969"}, Name: name, Blocker: "edge", Elements: []string{"10.20.30.41", name},
		Reasons: []string{"tag " + name}, Problem: "fw2: " + name, By: entity.By{Who: name, Reason: name},
	})
}

func batch(names ...string) notify.Batch {
	b := notify.Batch{Key: "0f3a:webhook:1-7", At: epoch, More: 3, Missed: 2}
	for _, n := range names {
		b.Events = append(b.Events, event1(n))
	}
	return b
}

// hook is the other end: it keeps what it was sent, and answers what it is told to.
type hook struct {
	*httptest.Server
	mu       sync.Mutex // a request whose answer is lost may not have ended when the next one comes
	requests []*http.Request
	bodies   []string
	answer   func(http.ResponseWriter, int)
}

func newHook(t *testing.T, answer func(w http.ResponseWriter, n int)) *hook {
	h := &hook{answer: answer}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.requests, h.bodies = append(h.requests, r), append(h.bodies, string(text))
		n := len(h.requests)
		h.mu.Unlock()
		if h.answer != nil {
			h.answer(w, n)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func status(code int, header ...string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

const (
	path  = "/services/T0/B0/hiddenpath"
	token = "hiddentoken"
)

func (h *hook) channel(t *testing.T, c Config) *Channel {
	t.Helper()
	c.Name, c.URL, c.Token = "soc", secret.New(h.URL+path+"?sig=hiddensig"), secret.New(token)
	ch, err := New(c, from)
	if err != nil {
		t.Fatal(err)
	}
	ch.pause = func(context.Context, time.Duration) error { return nil }
	t.Cleanup(func() { _ = ch.Close() })
	return ch
}

func TestAMessageArrivesWithItsKeyAndToken(t *testing.T) {
	h := newHook(t, status(http.StatusAccepted))
	taken, err := h.channel(t, Config{}).Send(t.Context(), batch("a", "b"))
	if taken != 2 || err != nil {
		t.Errorf("got %d, %v", taken, err)
	}
	r := h.requests[0]
	for name, want := range map[string]string{
		"Idempotency-Key": "0f3a:webhook:1-7", "Authorization": "Bearer " + token, "Content-Type": "application/json",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if r.Method != http.MethodPost || r.URL.RequestURI() != path+"?sig=hiddensig" {
		t.Errorf("got %s %s", r.Method, r.URL)
	}
}

func TestWhatIsNotTakenIsToldWithoutSecrets(t *testing.T) {
	tests := map[string]struct {
		answer func(http.ResponseWriter, int)
		want   string
	}{
		"not there":   {status(404), "404 Not Found; check notify.webhook.soc.url"},
		"no right":    {status(401), "check notify.webhook.soc.token"},
		"its failure": {status(500), "the server failed: 500"},
		"a redirect":  {status(307, "Location", "https://elsewhere.example.net/"), "set notify.webhook.soc.url to where it leads"},
		"busy":        {status(503), "takes nothing now"},
		"an echo":     {func(w http.ResponseWriter, _ int) { http.Error(w, "no "+path+"?sig=hiddensig "+token+"\x1b[2J", 400) }, "400 Bad Request (no " + secret.Redacted},
		"no answer":   {func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }, "notify.webhook.soc: EOF"},
		"a book":      {func(w http.ResponseWriter, _ int) { http.Error(w, strings.Repeat("é", 1<<20), 400) }, "400"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHook(t, tt.answer)
			taken, err := h.channel(t, Config{}).Send(t.Context(), batch("a"))
			if taken != 0 || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %d, %v", taken, err)
			}
			if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, "hidden") || len(text) > 2000 || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) >= 0 {
				t.Errorf("got %q", text)
			}
		})
	}
}

func TestNothingGoesElsewhere(t *testing.T) {
	other := newHook(t, status(200))
	for _, code := range []int{301, 302, 303, 307, 308} {
		h := newHook(t, status(code, "Location", other.URL))
		if _, err := h.channel(t, Config{}).Send(t.Context(), batch("a")); err == nil {
			t.Errorf("%d: it was taken", code)
		}
	}
	if len(other.requests) > 0 {
		t.Errorf("%d requests went elsewhere", len(other.requests))
	}
}

func TestAServerThatIsNotThereIsToldWithoutSecrets(t *testing.T) {
	h := newHook(t, nil)
	ch := h.channel(t, Config{})
	h.Close()
	_, err := ch.Send(t.Context(), batch("a"))
	if err == nil || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "nothing listens there") {
		t.Errorf("got %v", err)
	}
}

func TestTheOtherEndIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	first := func(code int, after string) func(http.ResponseWriter, int) {
		return func(w http.ResponseWriter, n int) {
			if n == 1 {
				w.Header().Set("Date", epoch.Format(http.TimeFormat))
				w.Header().Set("Retry-After", after)
				w.WriteHeader(code)
			}
		}
	}
	tests := map[string]struct {
		answer func(http.ResponseWriter, int)
		paused time.Duration
		left   time.Duration
	}{
		"a moment":       {first(429, "2"), 2 * time.Second, 0},
		"until a moment": {first(503, epoch.Add(3*time.Second).Format(http.TimeFormat)), 3 * time.Second, 0},
		"a while":        {first(429, "600"), 0, 10 * time.Minute},
		"for ever":       {first(429, "99999999999"), 0, 24 * time.Hour},
		"nonsense":       {first(429, "-5"), 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHook(t, tt.answer)
			ch := h.channel(t, Config{})
			var paused time.Duration
			ch.pause = func(_ context.Context, d time.Duration) error { paused = d; return nil }
			taken, err := ch.Send(t.Context(), batch("a"))
			var busy *Busy
			errors.As(err, &busy)
			switch {
			case paused != tt.paused:
				t.Errorf("waited %s", paused)
			case tt.paused > 0 && (taken != 1 || err != nil):
				t.Errorf("then got %d, %v", taken, err)
			case tt.paused == 0 && (busy == nil || busy.RetryAfter() != tt.left):
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestALargeBatchGoesInPartsAndWhatArrivedIsCounted(t *testing.T) {
	b := large(100)
	h := newHook(t, func(w http.ResponseWriter, n int) {
		if n == 3 {
			w.WriteHeader(500)
		}
	})
	taken, err := h.channel(t, Config{}).Send(t.Context(), b)
	if err == nil || len(h.bodies) != 3 {
		t.Fatalf("got %d, %v after %d messages", taken, err, len(h.bodies))
	}
	arrived := 0
	for i, text := range h.bodies[:2] {
		var m message
		if err := json.Unmarshal([]byte(text), &m); err != nil || len(text) > 300<<10 || !m.Events[0].Cut {
			t.Errorf("%d bytes, %v", len(text), err)
		}
		if arrived += len(m.Events); m.More != b.More+len(b.Events)-arrived || (m.Missed > 0) != (i == 0) {
			t.Errorf("part %d says that %d follow and %d were missed", i, m.More, m.Missed)
		}
		if got := h.requests[i].Header.Get("Idempotency-Key"); got != m.Key {
			t.Errorf("key %q of a message whose key is %q", got, m.Key)
		}
	}
	if taken != arrived {
		t.Errorf("taken %d, arrived %d", taken, arrived)
	}
}

// large are events with long lists, which do not fit into one message.
func large(n int) notify.Batch {
	b := notify.Batch{Key: "key", More: 7, Missed: 1}
	for i := range n {
		e := event1(strings.Repeat("x", 600))
		e.ID = int64(i + 1)
		e.Elements = slices.Repeat([]string{strings.Repeat("e", 500)}, 20)
		b.Events = append(b.Events, e)
	}
	return b
}

func tellAll(t *testing.T, j *journal.Journal, b notify.Batch) error {
	t.Helper()
	var events []entity.Event
	for i, e := range b.Events {
		e.Ref.ID = fmt.Sprint(i)
		events = append(events, e.Event)
	}
	return j.Tell(t.Context(), events...)
}

// The answer to one of the parts is lost: the other end has it, and what comes again has the key that it had.
func TestAPartWhoseAnswerWasLostComesAgainUnderItsKey(t *testing.T) {
	for lost := 1; lost <= 4; lost++ {
		j, err := journal.OpenMemory(t.Context(), "site-a")
		if err != nil {
			t.Fatal(err)
		}
		h := newHook(t, func(_ http.ResponseWriter, n int) {
			if n == lost {
				panic(http.ErrAbortHandler)
			}
		})
		now := epoch
		c := notify.NewCourier(j, "site-a", func() time.Time { return now }, slog.New(slog.DiscardHandler), notify.Outlet{Name: "webhook.soc", Channel: h.channel(t, Config{})})
		if err := errors.Join(c.Settle(t.Context()), tellAll(t, j, large(100))); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			c.Deliver(t.Context())
			now = now.Add(time.Hour)
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
		var told []int64
		seen := map[string]string{}
		for i, text := range h.bodies {
			var m message
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatal(err)
			}
			ids := fmt.Sprint(m.Events[0].ID, "-", m.Events[len(m.Events)-1].ID)
			key := h.requests[i].Header.Get("Idempotency-Key")
			if before, again := seen[key]; again {
				if before != ids || i != lost {
					t.Errorf("answer %d lost: message %d has the key of %s and is %s", lost, i, before, ids)
				}
				continue
			}
			seen[key] = ids
			for _, e := range m.Events {
				told = append(told, e.ID)
			}
		}
		if len(h.bodies) != 6 || len(told) != 100 || !slices.IsSorted(told) {
			t.Errorf("answer %d lost: %d messages tell %d events under keys of their own", lost, len(h.bodies), len(told))
		}
	}
}

func TestWrongSettingsAreRefusedWithoutTheURL(t *testing.T) {
	for name, c := range map[string]Config{
		"no URL":                      {URL: secret.New("hidden")},
		"another scheme":              {URL: secret.New("ftp://hidden.example.net")},
		"an unknown template":         {URL: secret.New("https://hidden.example.net"), Template: "irc"},
		"a template that is none":     {URL: secret.New("https://hidden.example.net"), Form: "{{"},
		"a template that is not JSON": {URL: secret.New("https://hidden.example.net"), Form: `{"text": "{{(index .events 0).name}}"}`},
	} {
		if _, err := New(c, from); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
