package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

func brainKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"brain.url":                  difference{"", `brain.hq.url = "https://127.0.0.1:1"`, "block host host-1", true}.test,
		"brain.api":                  testAPI,
		"brain.auth":                 testAuth,
		"brain.parallel":             testBrainParallel,
		"brain.rate":                 testBrainRate,
		"brain.timeout":              testBrainTimeout,
		"brain.proxy":                testProxy,
		"brain.ca_file":              difference{`brain.hq.ca_file = ""`, "", "block host host-1", false}.test,
		"brain.server_name":          difference{"", `brain.hq.server_name = "elsewhere.example.net"`, "block host host-1", true}.test,
		"brain.insecure_skip_verify": testInsecure,
	}
}

func testAPI(t *testing.T) {
	s := newStage(t)
	s.decided("brain.hq.api = \"2.4\"\nbrain.hq.auth = \"token\"")
	for _, e := range s.hq.Last(100) {
		if !strings.HasPrefix(e.Path, "/api/v2.4/") {
			t.Errorf("asked for %s", e.Path)
		}
	}
}

func testAuth(t *testing.T) {
	for auth, want := range map[string]bool{"oauth": true, "token": false} {
		s := newStage(t)
		if rows := s.decided(fmt.Sprintf("brain.hq.auth = %q", auth)); !has(rows, "block host host-1") {
			t.Errorf("%s: %q", auth, rows)
		}
		if got := s.hq.Requests()["POST token"] > 0; got != want {
			t.Errorf("%s asked for an access token: %v, want %v", auth, got, want)
		}
	}
}

func testBrainParallel(t *testing.T) {
	for parallel, want := range map[int]func(int) bool{
		1: func(most int) bool { return most == 1 },
		8: func(most int) bool { return most > 1 },
	} {
		s := newStage(t)
		s.hq.Delay(200 * time.Millisecond)
		s.decided(fmt.Sprintf("brain.hq.parallel = %d\nhosts.block_group = \"Bad\"\naccounts.block_group = \"Bad\"", parallel))
		if most := s.hq.InFlightMax(); !want(most) {
			t.Errorf("with parallel = %d there were %d at once", parallel, most)
		}
	}
}

// testBrainRate wants that no more requests begin than the time of a run has room for: as long as it takes without a rate.
func testBrainRate(t *testing.T) {
	requests := func(ctx context.Context, lines string) int {
		s := newStage(t)
		path := s.write("config.toml", s.base(lines))
		s.app().Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run"})
		sum := 0
		for _, n := range s.hq.Requests() {
			sum += n
		}
		return sum
	}
	began := time.Now()
	free := requests(t.Context(), "")
	ctx, cancel := context.WithTimeout(t.Context(), time.Since(began))
	defer cancel()
	if slow := requests(ctx, "brain.hq.rate = 0.001"); slow*2 > free {
		t.Errorf("%d requests with a rate, %d without", slow, free)
	}
}

func testBrainTimeout(t *testing.T) {
	s := newStage(t)
	if err := s.hq.SetFaults(lab.Fault{Match: "GET hosts", What: lab.Hang}); err != nil {
		t.Fatal(err)
	}
	rows := s.decided(`brain.hq.timeout = "1s"`)
	if !has(rows, "frozen host: ") || !strings.Contains(strings.Join(rows, "\n"), "1s") {
		t.Errorf("want hosts frozen after 1s, got %q", rows)
	}
}

// testProxy has a proxy that counts its tunnels.
func testProxy(t *testing.T) {
	s := newStage(t)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tunnels.Add(1)
		tunnel(t, w, r)
	}))
	defer proxy.Close()
	rows := s.decided(fmt.Sprintf("brain.hq.proxy = %q", proxy.URL))
	if !has(rows, "block host host-1") || tunnels.Load() == 0 {
		t.Errorf("%d tunnels, %q", tunnels.Load(), rows)
	}
}

func tunnel(t *testing.T, w http.ResponseWriter, r *http.Request) {
	far, err := net.Dial("tcp", r.Host)
	if r.Method != http.MethodConnect || err != nil {
		http.Error(w, "no tunnel", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	go func() {
		_, _ = io.Copy(far, near) // ends when either side goes
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

// testInsecure wants a warning in every pass.
func testInsecure(t *testing.T) {
	difference{`brain.hq.ca_file = ""`, "brain.hq.ca_file = \"\"\nbrain.hq.insecure_skip_verify = true", "block host host-1", false}.test(t)
	s := newStage(t)
	s.passes(2, "brain.hq.insecure_skip_verify = true")
	if got := strings.Count(s.err.String(), "certificate not verified"); got != 2 {
		t.Errorf("%d warnings in two passes:\n%s", got, &s.err)
	}
	reason := []string{"--reason", "test"}
	for _, args := range [][]string{
		append([]string{"block", "host-1"}, reason...),
		append([]string{"release", "host-1"}, reason...),
		append([]string{"panic", "--yes"}, reason...),
		{"why", "host-1"},
	} {
		s.want(ExitDone, "brain.hq.insecure_skip_verify = true", args...)
		if got := strings.Count(s.err.String(), "certificate not verified"); got != 1 {
			t.Errorf("%d warnings of var %v:\n%s", got, args, &s.err)
		}
	}
}
