package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/admin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told is a word about the listener.
type told struct {
	address string
	err     error
}

// scene is a server, what it knows, and what it said of its listener.
type scene struct {
	t      *testing.T
	server *admin.Server
	client *http.Client
	told   chan told
	// pausing takes the listener's pauses, and ends each when it is read from.
	pausing chan struct{}

	alive, ready error
	problems     []string
}

func newScene(t *testing.T, page http.Handler) *scene {
	t.Helper()
	s := &scene{t: t, told: make(chan told, 10), pausing: make(chan struct{}), client: &http.Client{Transport: &http.Transport{}}}
	s.server = admin.New(t.Context(), admin.Options{
		Facts: s, Page: page, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "var_stopped 0\n") }),
		Log: slog.New(slog.DiscardHandler), Pause: s.pause, Changed: func(address string, err error) { s.told <- told{address, err} },
	})
	t.Cleanup(func() { s.client.CloseIdleConnections(); s.server.Close() })
	return s
}

func (s *scene) Alive() error                { return s.alive }
func (s *scene) Ready(context.Context) error { return s.ready }
func (s *scene) Health(context.Context) admin.Health {
	return admin.Health{Schema: 1, OK: len(s.problems) == 0, Problems: s.problems}
}

func (s *scene) pause(ctx context.Context, _ time.Duration) error {
	select {
	case s.pausing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// at has the server answer on a free port and gives its address.
func (s *scene) at(p admin.Place) string {
	s.t.Helper()
	p.Listen = "127.0.0.1:0"
	s.server.Move(p)
	word := <-s.told
	if word.err != nil {
		s.t.Fatal(word.err)
	}
	return word.address
}

// answer is what came back besides a body.
type answer struct {
	StatusCode int
	Header     http.Header
}

// ask sends a request under a Host and gives the answer with its body.
func (s *scene) ask(method, address, path, host string) (answer, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+address+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	res, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header}, string(body)
}

var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.Path) })

func TestProbesSayWhatIsSoAndWhyNot(t *testing.T) {
	s := newScene(t, nil)
	address := s.at(admin.Place{})
	for path, trouble := range map[string]*error{"/livez": &s.alive, "/readyz": &s.ready} {
		if res, body := s.ask("GET", address, path, ""); res.StatusCode != 200 || body != "ok\n" {
			t.Errorf("%s: %d %q", path, res.StatusCode, body)
		}
		*trouble = errors.New("the first pass is under way")
		if res, body := s.ask("GET", address, path, ""); res.StatusCode != 503 || body != "the first pass is under way\n" {
			t.Errorf("%s: %d %q", path, res.StatusCode, body)
		}
	}
}

func TestHealthIsJSONWithItsProblems(t *testing.T) {
	s := newScene(t, nil)
	address := s.at(admin.Place{})
	for want, problems := range map[int][]string{200: nil, 503: {"source hq: 500 <b>"}} {
		s.problems = problems
		res, body := s.ask("GET", address, "/healthz", "")
		var got admin.Health
		if err := json.Unmarshal([]byte(body), &got); err != nil || res.StatusCode != want || !cmp.Equal(got.Problems, problems) {
			t.Errorf("%d %s %v", res.StatusCode, body, err)
		}
	}
}

func TestNobodyChangesAnything(t *testing.T) {
	s := newScene(t, page)
	address := s.at(admin.Place{Page: true})
	for _, path := range []string{"/", "/livez", "/readyz", "/healthz", "/metrics"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
			if res, _ := s.ask(method, address, path, ""); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, allowed %q", method, path, res.StatusCode, res.Header.Get("Allow"))
			}
		}
		if res, body := s.ask("HEAD", address, path, ""); res.StatusCode != 200 || body != "" {
			t.Errorf("HEAD %s: %d", path, res.StatusCode)
		}
	}
}

// A page of somebody else that has a name of his own lead here would be read by his script.
func TestOnlyOwnNamesAreAnswered(t *testing.T) {
	s := newScene(t, page)
	address := s.at(admin.Place{Page: true, Hosts: []string{"var.example.net"}})
	for host, want := range map[string]int{
		"":                      200,
		"localhost":             200,
		"localhost:9753":        200,
		"127.0.0.1:1":           200,
		"[::1]:9753":            200,
		"VAR.example.net.:9753": 200,
		"attacker.example.com":  421,
		"127.0.0.1.example.com": 421,
		"localhost.example.com": 421,
		"var.example.net.evil":  421,
		"192.0.2.1":             421,
	} {
		for _, path := range []string{"/", "/any/thing", "/healthz", "/metrics"} {
			if res, body := s.ask("GET", address, path, host); res.StatusCode != want || want == 421 && !strings.Contains(body, "admin.hosts") {
				t.Errorf("%s asked as %q: %d %s", path, host, res.StatusCode, body)
			}
		}
		if res, _ := s.ask("GET", address, "/livez", host); res.StatusCode != 200 {
			t.Errorf("a probe asked as %q: %d", host, res.StatusCode)
		}
	}
}

func TestBrowsersAreToldToTrustNothing(t *testing.T) {
	s := newScene(t, page)
	address := s.at(admin.Place{Page: true})
	for _, path := range []string{"/", "/livez", "/healthz", "/metrics"} {
		res, _ := s.ask("GET", address, path, "")
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if got := res.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestThePageIsThereOnlyWhereItIsWanted(t *testing.T) {
	s := newScene(t, page)
	if res, _ := s.ask("GET", s.at(admin.Place{}), "/", ""); res.StatusCode != 404 {
		t.Errorf("without page: %d", res.StatusCode)
	}
	if res, body := s.ask("GET", s.at(admin.Place{Page: true}), "/any", ""); res.StatusCode != 200 || body != "page /any" {
		t.Errorf("with page: %d %s", res.StatusCode, body)
	}
}

// A port that somebody else has is tried again until it is free, and told of once.
func TestAPortThatIsTakenIsWaitedFor(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	s := newScene(t, nil)
	s.server.Move(admin.Place{Listen: address})
	if word := <-s.told; word.err == nil || word.address != address {
		t.Fatalf("told %+v", word)
	}
	<-s.pausing
	<-s.pausing // the second attempt failed alike
	if len(s.told) > 0 {
		t.Errorf("told again: %+v", <-s.told)
	}
	taken.Close()
	s.hurry()
	if res, _ := s.ask("GET", address, "/livez", ""); res.StatusCode != 200 {
		t.Errorf("once free: %d", res.StatusCode)
	}
}

// hurry lets every pause end at once until the server listens.
func (s *scene) hurry() {
	for {
		select {
		case <-s.pausing:
		case word := <-s.told:
			if word.err == nil {
				return
			}
		}
	}
}

func TestItMovesWhereItIsTold(t *testing.T) {
	s := newScene(t, nil)
	first := s.at(admin.Place{})
	second := s.at(admin.Place{Hosts: []string{"other"}})
	if res, _ := s.ask("GET", second, "/livez", ""); res.StatusCode != 200 {
		t.Errorf("at the new place: %d", res.StatusCode)
	}
	s.client.CloseIdleConnections()
	if res, err := s.client.Get("http://" + first + "/livez"); err == nil {
		res.Body.Close()
		t.Error("at the old place somebody answers")
	}
	s.server.Move(admin.Place{})
	s.client.CloseIdleConnections()
	if res, err := s.client.Get("http://" + second + "/livez"); err == nil {
		res.Body.Close()
		t.Log("it may still have been leaving")
	}
}

// Whoever holds an answer open does not hold the loop.
func TestTheEndOfTheServerEndsAnswersUnderWay(t *testing.T) {
	asked, ended := make(chan struct{}), make(chan struct{})
	s := newScene(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(ended)
	}))
	address := s.at(admin.Place{Page: true})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if res, err := s.client.Get("http://" + address + "/"); err == nil {
			res.Body.Close()
		}
	}()
	<-asked
	s.server.Close()
	<-ended
	<-answered
}

func TestHeadersWithoutEndAreRefused(t *testing.T) {
	s := newScene(t, nil)
	address := s.at(admin.Place{})
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+"/livez", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("a", 64<<10))
	res, err := s.client.Do(r)
	if err != nil {
		return // it hung up on it
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d", res.StatusCode)
	}
}
