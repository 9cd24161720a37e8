package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// forty hosts, detections and static destinations each are held before anybody lies. Of so many of a kind one
// pass may release twelve, and block ten more.
const forty = 40

// The first of the hosts and detections that are held, and of the hosts that are only there.
const (
	firstHost      = 91_001
	firstDetection = 92_001
	firstBystander = 93_001
)

// hostile is a stage whose sources told the truth so far.
type hostile struct {
	*stage
	brain *liar
}

// newHostile has everybody blocked.
func newHostile(t *testing.T, f family) hostile {
	t.Helper()
	h := hostile{stage: newStage(t, f, panos{})}
	h.brain = &liar{Brain: h.world.End(brainName).Simulator().(*lab.Brain)}
	h.brain.Fill(crowded())
	between := h.world.Add("liar", h.brain)
	h.adjust = func(config string) string {
		return strings.ReplaceAll(config, h.world.End(brainName).URL, between.URL)
	}
	h.configure(t)
	h.listed(t, forty)
	h.pass(t, 0)
	return h
}

// crowded are those who are to be blocked, and three hundred hosts that nobody wants anything of.
func crowded() lab.Estate {
	var e lab.Estate
	for i := range forty {
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: lab.Subject{ID: firstHost + i, Tags: []string{analyst, blockTags["host"]}},
			Scored:  lab.Scored{Name: fmt.Sprintf("ws-held-%02d", i)}, IP: heldAddress("host", i), Traffic: true,
		})
		d := lab.Tunnel(firstDetection+i, player, heldAddress("detection", i), "")
		d.Tags = []string{analyst, blockTags["detection"]}
		e.Detections = append(e.Detections, d)
	}
	for i := range 300 {
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: lab.Subject{ID: firstBystander + i, Threat: 10, Certainty: 10},
			Scored:  lab.Scored{Name: fmt.Sprintf("ws-%03d", i)}, IP: fmt.Sprintf("10.60.%d.%d", i/200, i%200+1), Traffic: true,
		})
	}
	return e
}

func heldAddress(kind string, i int) string {
	return fmt.Sprintf("%s.%d", map[string]string{"host": "10.50.0", "detection": "185.199.124", "static": "185.199.125"}[kind], i+1)
}

// listed writes the first n lines of the static list.
func (h hostile) listed(t *testing.T, n int) {
	t.Helper()
	h.write(t, "destinations.txt", staticLines(n))
}

func staticLines(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintln(&lines, heldAddress("static", i))
	}
	return lines.String()
}

// hosts changes those that are held, and detections the detections.
func (h hostile) hosts(change func(*lab.Host)) {
	for i := range forty {
		if host, there := h.brain.Host(firstHost + i); there {
			change(&host)
			h.brain.PutHosts(host)
		}
	}
}

func (h hostile) detections(change func(*lab.Detection)) {
	for i := range forty {
		if d, there := h.brain.Detection(firstDetection + i); there {
			change(&d)
			h.brain.PutDetections(d)
		}
	}
}

// unchanged wants devices, tags and notes as they were.
func (h hostile) unchanged(t *testing.T, before reality, e ended) {
	t.Helper()
	if diff := cmp.Diff(before, h.reality(t)); diff != "" {
		t.Errorf("the world changed (-before +after):\n%s\n%s", diff, e)
	}
}

// says wants a process to have said all of these.
func (e ended) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(e.said(), w) {
			t.Errorf("%q is not said: %s", w, e)
		}
	}
}

// told is an answer of a brain.
type told struct {
	status int
	body   string
}

// lie changes what a brain answers to a kind of request.
type lie func(kind string, truth told) told

// liar is a brain that may say something else than it knows.
type liar struct {
	*lab.Brain
	mu  sync.Mutex
	lie lie
}

// believe has the brain lie from now on; nil ends it.
func (l *liar) believe(lie lie) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lie = lie
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	lie := l.lie
	l.mu.Unlock()
	kind := l.Classify(r)
	if lie == nil || r.Method != http.MethodGet {
		l.Brain.ServeHTTP(w, r)
		return
	}
	truth := httptest.NewRecorder()
	l.Brain.ServeHTTP(truth, r)
	answer := lie(kind, told{truth.Code, truth.Body.String()})
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(answer.body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write([]byte(answer.body)) // the client may be gone
}
