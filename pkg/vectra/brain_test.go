package vectra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// brain is a server whose answers a test chooses by "METHOD /path". It remembers what came.
type brain struct {
	t   *testing.T
	srv *httptest.Server
	mux *http.ServeMux

	mu       sync.Mutex
	requests []seenRequest
}

type seenRequest struct {
	method, path, auth, body, agent string
	query                           map[string][]string
}

func newBrain(t *testing.T) *brain {
	t.Helper()
	b := &brain{t: t, mux: http.NewServeMux()}
	b.srv = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.srv.Close)
	return b
}

func (b *brain) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	b.requests = append(b.requests, seenRequest{
		r.Method, r.URL.Path, r.Header.Get("Authorization"), string(body), r.UserAgent(), r.URL.Query(),
	})
	b.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.mux.ServeHTTP(w, r)
}

// seen are the requests to one path so far.
func (b *brain) seen(method, path string) []seenRequest {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []seenRequest
	for _, r := range b.requests {
		if r.method == method && r.path == path {
			all = append(all, r)
		}
	}
	return all
}

func (b *brain) total() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.requests)
}

// on answers a pattern with a fixed status and body.
func (b *brain) on(pattern string, status int, body string) *brain {
	b.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) })
	return b
}

// turns answers a pattern with one handler after another; the last one stays.
func (b *brain) turns(pattern string, handlers ...http.HandlerFunc) *brain {
	var mu sync.Mutex
	b.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[0]
		if len(handlers) > 1 {
			handlers = handlers[1:]
		}
		mu.Unlock()
		h(w, r)
	})
	return b
}

func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) }
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// hang answers nothing until the client goes away.
func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// reset drops the connection without an answer.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// pages answers page after page with an envelope; past the end 404 as brains do. A row that comes again, since
// others moved, is counted once.
func (b *brain) pages(pattern string, pages ...[]string) *brain {
	distinct := map[string]bool{}
	for _, row := range slices.Concat(pages...) {
		distinct[row] = true
	}
	count := len(distinct)
	b.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		n := 1
		if p := r.URL.Query().Get("page"); p != "" {
			_, _ = fmt.Sscan(p, &n)
		}
		if n > len(pages) && n > 1 {
			reply(w, 404, `{"detail":"Invalid page."}`)
			return
		}
		var rows []string
		if n <= len(pages) {
			rows = pages[n-1]
		}
		next := ""
		if n < len(pages) {
			next = fmt.Sprintf("http://%s%s?page=%d&page_size=1000", r.Host, r.URL.Path, n+1)
		}
		reply(w, 200, envelope(count, next, rows...))
	})
	return b
}

func envelope(count int, next string, rows ...string) string {
	raw := make([]json.RawMessage, 0, len(rows))
	for _, r := range rows {
		raw = append(raw, json.RawMessage(r))
	}
	var n *string
	if next != "" {
		n = &next
	}
	body, err := json.Marshal(map[string]any{"count": count, "next": n, "previous": nil, "results": raw})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// clock is a time that moves only when somebody waits.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

func (c *clock) waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waits...)
}

// qux and rux are consoles of a brain; set changes their configuration.
func (b *brain) qux(set ...func(*vectra.Config)) *vectra.Console {
	return b.console(append([]func(*vectra.Config){func(cfg *vectra.Config) {
		cfg.API, cfg.Auth = "2.5", vectra.Token(vectra.Fixed("token-1"))
	}}, set...)...)
}

// rux also gives the brain a token endpoint, unless it has one.
func (b *brain) rux(set ...func(*vectra.Config)) *vectra.Console {
	return b.console(append([]func(*vectra.Config){func(cfg *vectra.Config) {
		cfg.API, cfg.Auth = "3.4", vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("client-secret"))
	}}, set...)...)
}

func (b *brain) granting() *brain {
	return b.on("POST /oauth2/token", 200, `{"access_token":"access-1","expires_in":21600,"refresh_token":"refresh-1","refresh_expires_in":86400,"token_type":"Bearer"}`)
}

func (b *brain) console(set ...func(*vectra.Config)) *vectra.Console {
	b.t.Helper()
	clk := newClock()
	cfg := vectra.Config{Name: "hq", URL: b.srv.URL, Now: clk.Now, Wait: clk.Wait, Timeout: 10 * time.Second}
	for _, f := range set {
		f(&cfg)
	}
	c, err := vectra.New(cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(c.Close)
	return c
}

func api(v string) func(*vectra.Config) { return func(cfg *vectra.Config) { cfg.API = v } }

func timed(clk *clock) func(*vectra.Config) {
	return func(cfg *vectra.Config) { cfg.Now, cfg.Wait = clk.Now, clk.Wait }
}

// hosts, accounts and detections read everything that a query asks for.
func hosts(t *testing.T, c *vectra.Console, q entity.Query) ([]entity.Target, error) {
	t.Helper()
	var all []entity.Target
	err := c.Hosts(t.Context(), q, func(h entity.Target) error { all = append(all, h); return nil })
	return all, err
}

func accounts(t *testing.T, c *vectra.Console, q entity.Query) ([]entity.Target, error) {
	t.Helper()
	var all []entity.Target
	err := c.Accounts(t.Context(), q, func(a entity.Target) error { all = append(all, a); return nil })
	return all, err
}

func detections(t *testing.T, c *vectra.Console, q entity.Query) ([]entity.Finding, error) {
	t.Helper()
	var all []entity.Finding
	err := c.Detections(t.Context(), q, func(d entity.Finding) error { all = append(all, d); return nil })
	return all, err
}

func hostIDs(all []entity.Target) []string {
	var out []string
	for _, one := range all {
		out = append(out, one.ID)
	}
	return out
}

func detectionIDs(all []entity.Finding) []string {
	var out []string
	for _, one := range all {
		out = append(out, one.ID)
	}
	return out
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
