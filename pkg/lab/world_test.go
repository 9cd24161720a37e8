package lab_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a simulator that adds up what it is sent.
type echo struct {
	mu   sync.Mutex
	text string
}

func (e *echo) Classify(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return fmt.Sprintf("%s %d", r.Method, len(body))
}

func (e *echo) State() any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return map[string]string{"text": e.text}
}

func (e *echo) Change(op string, args json.RawMessage) error {
	if op != "set" {
		return errors.New("only set")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return json.Unmarshal(args, &e.text)
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.text += string(body)
	text := e.text
	e.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"text": text})
}

// site is one world with one echo in it.
type site struct {
	*testing.T
	world  *lab.World
	end    *lab.End
	client *http.Client
}

func newSite(t *testing.T) *site {
	w := newWorld(t)
	client := w.Client()
	t.Cleanup(client.CloseIdleConnections)
	return &site{T: t, world: w, end: w.Add("echo", &echo{}), client: client}
}

func newWorld(t *testing.T) *lab.World {
	t.Helper()
	w, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (s *site) post(body string) (int, string, error) {
	s.Helper()
	r, err := s.client.Post(s.end.URL+"/x", "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	return r.StatusCode, string(text), err
}

func (s *site) faults(f ...lab.Fault) {
	s.Helper()
	if err := s.end.SetFaults(f...); err != nil {
		s.Fatal(err)
	}
}

// eventually waits for what another goroutine brings about.
func (s *site) eventually(holds func() bool) {
	s.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if holds() {
			return
		}
		<-tick.C
	}
	s.Fatal("it never came to be")
}

func (s *site) text() string { return s.end.Simulator().State().(map[string]string)["text"] }

func TestEndHandsTheWholeBodyToSimulatorAfterClassify(t *testing.T) {
	s := newSite(t)
	if code, text, err := s.post("hello"); code != 200 || text != "{\"text\":\"hello\"}\n" || err != nil {
		t.Fatalf("got %d %q %v", code, text, err)
	}
	if got := s.end.Requests()["POST 5"]; got != 1 {
		t.Errorf("POST 5 counted %d times, want 1", got)
	}
	want := lab.Entry{Method: "POST", Path: "/x", Kind: "POST 5", Status: 200}
	if got := s.end.Last(10); len(got) != 1 || got[0] != want {
		t.Errorf("log is %+v, want %+v", got, want)
	}
	s.end.ResetCounters()
	if len(s.end.Requests()) != 0 || len(s.end.Last(10)) != 0 {
		t.Error("counters survive a reset")
	}
}

func TestFaultsSpoilTheAnswer(t *testing.T) {
	cases := map[string]struct {
		fault   lab.Fault
		code    int
		text    string
		broken  bool
		applied bool
	}{
		"status":     {fault: lab.Fault{What: lab.AnswerStatus, Status: 403, Body: "no"}, code: 403, text: "no"},
		"html":       {fault: lab.Fault{What: lab.HTML}, code: 502, text: "<html>"},
		"reset":      {fault: lab.Fault{What: lab.Reset}, broken: true},
		"truncate":   {fault: lab.Fault{What: lab.Truncate}, code: 200, text: `{"text`, applied: true},
		"drop after": {fault: lab.Fault{What: lab.DropAfter}, broken: true, applied: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			c.fault.Times = 1
			s.faults(c.fault)
			code, text, err := s.post("a")
			if (err != nil) != c.broken || code != c.code || !strings.HasPrefix(text, c.text) {
				t.Errorf("got %d %q %v, want %d %q broken=%v", code, text, err, c.code, c.text, c.broken)
			}
			if got := s.text() == "a"; got != c.applied {
				t.Errorf("applied=%v, want %v", got, c.applied)
			}
			if code, _, err := s.post("b"); code != 200 || err != nil {
				t.Errorf("the request after it: %d %v", code, err)
			}
		})
	}
}

func TestFaultMatchesKindSkipsAndRunsOut(t *testing.T) {
	s := newSite(t)
	s.faults(lab.Fault{Match: "POST 1", Skip: 1, Times: 2, What: lab.AnswerStatus, Status: 429, RetryAfter: "7"})
	var got []int
	for _, body := range []string{"a", "bb", "c", "bb", "d", "e"} {
		code, _, err := s.post(body)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, code)
	}
	if want := "[200 200 429 200 429 200]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestFaultThatMakesNoSenseIsRefused(t *testing.T) {
	s := newSite(t)
	for _, f := range []lab.Fault{{}, {What: "boom"}, {What: lab.AnswerStatus}, {What: lab.Concurrent}} {
		if s.end.SetFaults(f) == nil {
			t.Errorf("%+v was accepted", f)
		}
	}
}

func TestHangingRequestsEndWithClientOrWorld(t *testing.T) {
	for _, what := range []lab.Misbehaviour{lab.Hang, lab.Slow} {
		t.Run(string(what), func(t *testing.T) {
			s := newSite(t)
			s.faults(lab.Fault{What: what})
			s.client.Timeout = 50 * time.Millisecond
			if _, _, err := s.post("a"); err == nil {
				t.Error("an answer came")
			}
			s.client.Timeout = 0
			done, before := make(chan error), s.end.Requests()["POST 1"]
			go func() { _, _, err := s.post("b"); done <- err }()
			s.eventually(func() bool { return s.end.Requests()["POST 1"] > before })
			if err := s.world.Close(); err != nil {
				t.Error(err)
			}
			if <-done == nil {
				t.Error("an answer came although the world ended")
			}
		})
	}
}

func TestConcurrentChangeComesFirst(t *testing.T) {
	s := newSite(t)
	s.faults(lab.Fault{What: lab.Concurrent, Op: "set", Args: json.RawMessage(`"x"`), Times: 1})
	if _, text, err := s.post("a"); err != nil || text != "{\"text\":\"xa\"}\n" {
		t.Errorf("got %q %v", text, err)
	}
}

func TestEndThatIsDownComesBackAtItsAddress(t *testing.T) {
	s := newSite(t)
	if _, _, err := s.post("a"); err != nil {
		t.Fatal(err)
	}
	s.end.Down(true)
	if _, _, err := s.post("b"); err == nil {
		t.Error("an answer came from an end that is down")
	}
	s.end.Down(false)
	if _, text, err := s.post("c"); err != nil || text != "{\"text\":\"ac\"}\n" {
		t.Errorf("got %q %v", text, err)
	}
}

func TestInFlightMaxCountsWhatRunsTogether(t *testing.T) {
	s := newSite(t)
	s.faults(lab.Fault{What: lab.Hang})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() { _, _, _ = s.post("a") })
	}
	s.eventually(func() bool { return s.end.InFlightMax() == 3 })
	s.end.Down(true)
	group.Wait()
}

// lingerer answers, and goes on after its client has the whole answer, or sees that there is none.
type lingerer struct {
	echo
	answer func(w http.ResponseWriter)
	linger chan struct{}
}

func (l *lingerer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	l.answer(w)
	<-l.linger
}

// A client that has its answer may ask for more: that is not more at the same time.
func TestARequestIsOverWhenItsClientKnows(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"whole": func(w http.ResponseWriter) {
			body := strings.Repeat("x", 1<<16)
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = io.WriteString(w, body)
			_ = http.NewResponseController(w).Flush()
		},
		"broken off": func(w http.ResponseWriter) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			slow := &lingerer{answer: answer, linger: make(chan struct{})}
			s.end = s.world.Add("slow", slow)
			for range 3 {
				_, _, _ = s.post("a")
				s.client.CloseIdleConnections() // the next one need not wait for the simulator on the same connection
			}
			if most, log := s.end.InFlightMax(), s.end.Last(10); most != 1 || len(log) != 3 {
				t.Errorf("%d at the same time, and %d of 3 in the log; want one after the other, and all", most, len(log))
			}
			close(slow.linger)
		})
	}
}

func TestRequestLogHoldsNoCredentials(t *testing.T) {
	s := newSite(t)
	r, err := s.client.Get(s.end.URL + "/api?key=tops3cret&access_token=tops3cret&password=tops3cret&type=op")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if got := s.end.Last(1)[0].Path; strings.Contains(got, "tops3cret") || !strings.Contains(got, "type=op") {
		t.Errorf("log shows %q", got)
	}
}

func (s *site) admin(method, path, token, body string) (int, string) {
	s.Helper()
	url, _ := s.world.Admin()
	r, err := http.NewRequest(method, url+path, bytes.NewBufferString(body))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := s.client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestAdminAPIAsksForItsToken(t *testing.T) {
	s := newSite(t)
	for _, token := range []string{"", "wrong"} {
		if code, _ := s.admin("GET", "/ends", token, ""); code != 401 {
			t.Errorf("token %q got %d", token, code)
		}
	}
}

func TestAdminAPILooksAndChanges(t *testing.T) {
	s := newSite(t)
	_, token := s.world.Admin()
	steps := []struct {
		method, path, body string
		code               int
		want               string
	}{
		{"GET", "/ends", "", 200, `{"ends":[{"name":"echo","url":"` + s.end.URL + `"}]}`},
		{"GET", "/ends/nobody/state", "", 404, `no end`},
		{"POST", "/ends/echo/change", `{"op":"set","args":"new"}`, 200, `{"ok":true}`},
		{"POST", "/ends/echo/change", `{"op":"what"}`, 400, `only set`},
		{"GET", "/ends/echo/state", "", 200, `{"text":"new"}`},
		{"POST", "/ends/echo/faults", `[{"what":"status","status":500,"times":1}]`, 200, `{"ok":true}`},
		{"POST", "/ends/echo/faults", `[{"what":"status","statuss":500}]`, 400, `statuss`},
		{"GET", "/ends/echo/requests", "", 200, `"requests":{}`},
		{"GET", "/ends/echo/requests?last=x", "", 400, `number of requests`},
		{"POST", "/ends/echo/delay", `{"ms":1}`, 200, `{"ok":true}`},
		{"POST", "/ends/echo/down", `{"down":false}`, 200, `{"ok":true}`},
		{"POST", "/ends/echo/reset", ``, 200, `{"ok":true}`},
	}
	for _, step := range steps {
		code, text := s.admin(step.method, step.path, token, step.body)
		if code != step.code || !strings.Contains(text, step.want) {
			t.Errorf("%s %s %s: got %d %s, want %d %s", step.method, step.path, step.body, code, text, step.code, step.want)
		}
	}
	if code, _, _ := s.post("a"); code != 500 {
		t.Errorf("the fault set through the API is not there: got %d", code)
	}
}

func TestAdminAPIMovesTheClock(t *testing.T) {
	s := newSite(t)
	_, token := s.world.Admin()
	before := s.world.Now()
	if code, text := s.admin("POST", "/clock", token, `{"advance_seconds":3600}`); code != 200 {
		t.Fatal(code, text)
	}
	if ahead := s.world.Now().Sub(before); ahead < time.Hour || ahead > 2*time.Hour {
		t.Errorf("clock moved by %v", ahead)
	}
}

func TestConnectionsAreCountedWhenTheyOpen(t *testing.T) {
	s := newSite(t)
	for range 3 {
		_, _, _ = s.post("a")
	}
	if got := s.end.Connections(); got != 1 {
		t.Errorf("%d connections for three requests one after the other, want 1", got)
	}
	s.end.ResetCounters()
	_, _, _ = s.post("a")
	if got := s.end.Connections(); got != 0 {
		t.Errorf("%d connections since the counters were reset, want 0: the one is kept", got)
	}
}
