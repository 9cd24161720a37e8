package vectra_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// crowd asks a server for a hundred hosts at the same time, and gives how many connections there were. Where one was let go
// of in between, lost is closed and it tells nothing: net/http does so where it learns 50 ms late that a request is written,
// as on a busy machine.
func crowd(t *testing.T, srv *httptest.Server, parallel int, lost chan struct{}) (connections int32, tells bool) {
	t.Helper()
	var accepted atomic.Int32
	lose := sync.OnceFunc(func() { close(lost) })
	srv.Config.ErrorLog = quiet()
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			accepted.Add(1)
		case http.StateClosed:
			lose()
		}
	}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	secure := srv.Client().Transport.(*http.Transport).TLSClientConfig
	askAll(t, (&brain{t: t, srv: srv}).qux(func(cfg *vectra.Config) { cfg.TLS, cfg.Parallel = secure, parallel }), 100)()
	patience := 10 * time.Second // the server learns of a connection's end after the client
	if accepted.Load() <= int32(parallel) {
		patience = 0
	}
	select {
	case <-lost:
		return accepted.Load(), false
	case <-time.After(patience):
		return accepted.Load(), true
	}
}

// kept tries until every connection was kept.
func kept(t *testing.T, try func() (tells bool)) {
	t.Helper()
	for range 10 {
		if try() {
			return
		}
	}
	t.Error("in none of ten tries every connection was kept")
}

func answerHost(w http.ResponseWriter, r *http.Request) {
	reply(w, 200, fmt.Sprintf(`{"id":%s}`, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]))
}

// BUG-25: every request was a new connection, one after the other.
func TestBUG25_ConnectionsAreKeptAndBounded(t *testing.T) {
	const parallel = 4
	kept(t, func() bool {
		var flying, most atomic.Int32
		full := make(chan struct{}) // closed when as many requests as allowed are there at once
		var reached sync.Once
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := flying.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer flying.Add(-1)
			if flying.Load() >= parallel {
				reached.Do(func() { close(full) })
			}
			<-full
			answerHost(w, r)
		}))
		n, tells := crowd(t, srv, parallel, make(chan struct{}))
		if tells && n > parallel || most.Load() != parallel {
			t.Errorf("%d connections, at most %d requests at once, want no more than %d and %d", n, most.Load(), parallel, parallel)
		}
		return tells
	})
}

// Where a handshake takes longer than an answer, a request that finds all connections in use waits for one of them.
func TestASlowHandshakeMakesNoMoreConnections(t *testing.T) {
	const parallel = 4
	kept(t, func() bool {
		var shaking atomic.Int32
		answered, lost := make(chan struct{}), make(chan struct{})
		srv := httptest.NewUnstartedServer(http.HandlerFunc(answerHost))
		srv.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			if shaking.Add(1) > 1 {
				select {
				case <-answered:
				case <-lost: // the only one on which anybody was answered
				}
			}
			return nil, nil
		}}
		n, tells := crowd(t, srv, parallel, lost)
		close(answered)
		if tells && n > parallel {
			t.Errorf("%d connections of at most %d", n, parallel)
		}
		return tells
	})
}

func TestA429SlowsEveryRequestOfTheBrain(t *testing.T) {
	tests := map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":       {"7", 7 * time.Second},
		"date":          {"Sat, 21 Nov 2026 12:00:09 GMT", 9 * time.Second},
		"none":          {"", 30 * time.Second},
		"unreadable":    {"soon", 30 * time.Second},
		"date gone by":  {"Sat, 21 Nov 2026 11:00:00 GMT", time.Second},
		"zero":          {"0", time.Second},
		"rather long":   {"120", 2 * time.Minute},
		"beyond a year": {"99999999999999999999", 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clk := newClock()
			var sentAt []time.Time
			b := newBrain(t).turns("GET /api/v2.5/hosts", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", tt.header)
				reply(w, 429, `{}`)
			}, func(w http.ResponseWriter, _ *http.Request) {
				sentAt = append(sentAt, clk.Now())
				reply(w, 200, envelope(0, ""))
			})
			began := clk.Now()
			must[[]entity.Target](t)(hosts(t, b.qux(timed(clk)), entity.Query{}))
			if got := sentAt[0].Sub(began); got != tt.want {
				t.Errorf("asked again after %s, want %s", got, tt.want)
			}
		})
	}
}

// Nobody waits for a brain that wants to be left alone for long, and nothing asks it meanwhile; not even for a day.
func TestALongPauseIsObeyedAndNotWaitedFor(t *testing.T) {
	for header, want := range map[string]time.Duration{"121": 121 * time.Second, "3600": time.Hour, "86400": time.Hour, "Sat, 21 Nov 2026 12:30:00 GMT": 30 * time.Minute} {
		t.Run(header, func(t *testing.T) {
			clk := newClock()
			asked := 0
			b := newBrain(t).turns("GET /api/v2.5/hosts", func(w http.ResponseWriter, _ *http.Request) {
				asked++
				w.Header().Set("Retry-After", header)
				reply(w, 429, `{}`)
			}, func(w http.ResponseWriter, _ *http.Request) {
				asked++
				reply(w, 200, envelope(0, ""))
			})
			c, began := b.qux(timed(clk)), clk.Now()
			for _, at := range []time.Duration{0, want - 121*time.Second} {
				clk.pass(began.Add(at).Sub(clk.Now()))
				if _, err := hosts(t, c, entity.Query{}); entity.ClassOf(err) != entity.Transient {
					t.Errorf("after %s: %v, want a transient error", at, err)
				}
				if asked != 1 || len(clk.waited()) > 0 {
					t.Errorf("after %s it was asked %d times, and waited for %v", at, asked, clk.waited())
				}
			}
			clk.pass(time.Second)
			must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
			if passed := clk.Now().Sub(began); passed != want {
				t.Errorf("asked again after %s, want %s", passed, want)
			}
		})
	}
}

func TestA429OfOneListHoldsBackTheOthers(t *testing.T) {
	clk := newClock()
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		reply(w, 429, `{}`)
	})
	b.on("GET /api/v2.5/accounts", 200, envelope(0, ""))
	c := b.qux(timed(clk))
	_, err := hosts(t, c, entity.Query{})
	if entity.RetryAfter(err) != time.Minute || entity.ClassOf(err) != entity.Transient || b.total() != 4 {
		t.Errorf("error %v with a pause of %s after %d requests", err, entity.RetryAfter(err), b.total())
	}
	before := clk.Now()
	must[[]entity.Target](t)(accounts(t, c, entity.Query{}))
	if got := clk.Now().Sub(before); got != time.Minute {
		t.Errorf("the accounts were asked for after %s, want a minute", got)
	}
}

func TestA503WaitsAsLongAsTheBrainAsks(t *testing.T) {
	clk := newClock()
	b := newBrain(t).turns("GET /api/v2.5/hosts", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "20")
		reply(w, 503, `{}`)
	}, say(503, `{}`), say(200, envelope(0, "")))
	must[[]entity.Target](t)(hosts(t, b.qux(timed(clk)), entity.Query{}))
	if got := fmt.Sprint(clk.waited()); got != "[20s 1s]" {
		t.Errorf("waited %s, want 20s and then the backoff of a second try", got)
	}
}

func TestRequestsSayWhoAsksAndWhatIsAccepted(t *testing.T) {
	b := newBrain(t)
	b.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		hasBody := r.ContentLength > 0
		if r.Header.Get("Accept") != "application/json" || hasBody != (r.Header.Get("Content-Type") == "application/json") {
			t.Errorf("%s: headers %v", r.Method, r.Header)
		}
		reply(w, 200, `{"status":"success","tags":[]}`)
	})
	c := b.qux(func(cfg *vectra.Config) { cfg.Agent = "var/1.2.3" })
	must[[]string](t)(c.Tags(t.Context(), hostRef("1")))
	if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"a"}}})[0]; err != nil {
		t.Fatal(err)
	}
	for _, r := range b.requests {
		if r.agent != "var/1.2.3" || r.auth != "Token token-1" {
			t.Errorf("agent %q, credentials %q", r.agent, r.auth)
		}
	}
}

func TestTheProxyIsUsed(t *testing.T) {
	proxy := newBrain(t).on("/", 200, envelope(1, "", hostRow(1)))
	at, err := url.Parse(proxy.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := newBrain(t).qux(func(cfg *vectra.Config) { cfg.Proxy = http.ProxyURL(at) })
	if got := must[[]entity.Target](t)(hosts(t, c, entity.Query{})); len(got) != 1 {
		t.Errorf("%d hosts, want the proxy's", len(got))
	}
}

func TestABrainBehindAPath(t *testing.T) {
	b := newBrain(t).pages("GET /brain/api/v2.5/hosts", []string{hostRow(1)}, []string{hostRow(2)})
	c := b.qux(func(cfg *vectra.Config) { cfg.URL += "/brain/" })
	if got := must[[]entity.Target](t)(hosts(t, c, entity.Query{})); len(got) != 2 {
		t.Errorf("%d hosts, want 2", len(got))
	}
}

func TestLogsHoldNoSecrets(t *testing.T) {
	var text strings.Builder
	debug := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := newBrain(t).granting().pages("GET /api/v3.4/hosts", []string{hostRow(1)})
	must[[]entity.Target](t)(hosts(t, b.rux(func(cfg *vectra.Config) { cfg.Log = debug }), entity.Query{}))
	for _, secret := range []string{"access-1", "refresh-1", "client-secret", "Basic", "Bearer"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, text.String())
		}
	}
	if !strings.Contains(text.String(), "source=hq") || !strings.Contains(text.String(), "path=/api/v3.4/hosts") {
		t.Errorf("the log does not tell what was asked:\n%s", text.String())
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	b := newBrain(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.mux.HandleFunc("GET /api/v2.5/hosts", func(w http.ResponseWriter, _ *http.Request) {
		defer cancel()
		reply(w, 429, `{}`)
	})
	c := b.qux(func(cfg *vectra.Config) { cfg.Now, cfg.Wait = nil, nil })
	if err := c.Hosts(ctx, entity.Query{}, nil); entity.ClassOf(err) != entity.Transient || b.total() != 1 {
		t.Errorf("error %v after %d requests", err, b.total())
	}
}
