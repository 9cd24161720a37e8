package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func runKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"state":                testState,
		"owner":                testOwner,
		"run.interval":         testInterval,
		"run.deadline":         testDeadline,
		"run.explicit_unblock": testExplicitUnblock,
		"run.groom":            testGroom,
		"run.compare":          testCompare,
		"run.keep_history":     testKeepHistory,
		"static.destinations":  testDestinations,
		"static.permit":        testPermit,
		"static.taken_over":    testTakenOver,
	}
}

// passes plays this many passes of a loop and gives the pauses between them.
func (s *stage) passes(n int, lines string) []time.Duration {
	s.t.Helper()
	path := s.write("config.toml", s.base(lines))
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	var pauses []time.Duration
	a, at := s.app(), s.now()
	a.Now = func() time.Time { return at } // so that passes take no time
	a.Pause = func(ctx context.Context, d time.Duration) error {
		if pauses = append(pauses, d); len(pauses) == n {
			stop()
		}
		return ctx.Err()
	}
	if code := a.Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run", "--loop"}); code != ExitDone {
		s.t.Fatalf("the loop ended with %d\n%s%s", code, &s.out, &s.err)
	}
	return pauses
}

func testState(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `state = "sqlite://`+s.path("elsewhere.db")+`"`, "run")
	if _, err := os.Stat(s.path("elsewhere.db")); err != nil {
		t.Error(err)
	}
}

func testOwner(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `owner = "the-night-shift"`, "run")
	if got := s.book().Owner; got != "the-night-shift" {
		t.Errorf("the plugin marks with %q", got)
	}
}

func testInterval(t *testing.T) {
	s := newStage(t)
	if got, want := s.passes(2, `run.interval = "7m"`), []time.Duration{7 * time.Minute, 7 * time.Minute}; !slices.Equal(got, want) {
		t.Errorf("pauses are %v, want %v", got, want)
	}
}

// testDeadline has one that is over at once: what is not begun then is begun by the next pass.
func testDeadline(t *testing.T) {
	s := newStage(t)
	s.want(ExitPartial, `run.deadline = "1ns"`, "run")
	s.holds(hostElement, false)
	for _, text := range []string{"hq: ", " left for the next pass: run.deadline is over\n", "of these left "} {
		if !strings.Contains(s.err.String(), text) {
			t.Errorf("nothing says %q: %s", text, &s.err)
		}
	}
	s.want(ExitPartial, `run.deadline = "1ns"`, "run", "--output", "json")
	if !strings.Contains(s.out.String(), `"left": `) || !strings.Contains(s.out.String(), `"result": "left"`) {
		t.Errorf("JSON does not count what is left: %s", &s.out)
	}
	s.want(ExitDone, `run.deadline = "0s"`, "run")
	s.holds(hostElement, true)
}

// cured is that an analyst takes a host's block tag away.
func (s *stage) cured() {
	s.t.Helper()
	if err := s.brain.Change("remove_tag", []byte(`{"kind":"host","id":1,"tag":"vectra_host_block"}`)); err != nil {
		s.t.Fatal(err)
	}
}

func testExplicitUnblock(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	s.cured()
	s.want(ExitDone, "run.explicit_unblock = true", "run")
	s.holds("10.0.0.1", true)
	s.want(ExitDone, "", "run")
	s.holds("10.0.0.1", false)
}

func testGroom(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	if err := s.brain.Change("put_host", []byte(`{"id":1,"ip":"10.0.0.99"}`)); err != nil {
		t.Fatal(err)
	}
	s.want(ExitDone, "", "run")
	s.holds("10.0.0.1", true)
	s.want(ExitDone, "run.groom = true", "run")
	s.holds("10.0.0.1", false)
	s.holds("10.0.0.99", true)
}

func testDestinations(t *testing.T) {
	s := newStage(t)
	s.write("list.txt", "185.199.112.7\n")
	s.want(ExitDone, "", "run", "--only", "static")
	s.holds("185.199.112.7", false)
	s.want(ExitDone, `static.destinations = "list.txt"`, "run", "--only", "static")
	s.holds("185.199.112.7", true)
}

func testPermit(t *testing.T) {
	s := newStage(t)
	s.write("list.txt", "10.99.0.7\n")
	s.want(ExitPartial, `static.destinations = "list.txt"`, "run", "--only", "static")
	s.holds("10.99.0.7", false)
	if !strings.Contains(s.err.String(), "list.txt:1") {
		t.Errorf("the line that is not taken is not told: %s", &s.err)
	}
	s.want(ExitDone, "static.destinations = \"list.txt\"\nstatic.permit = [\"10.99.0.0/16\"]", "run", "--only", "static")
	s.holds("10.99.0.7", true)
}

// testTakenOver has one of two listed destinations taken over: it is held and not blocked anew. Once that is done the
// file counts no more: what a person releases afterwards is not taken over again.
func testTakenOver(t *testing.T) {
	s := newStage(t)
	s.write("list.txt", "185.199.112.7\n185.199.112.8\n")
	s.write("taken.txt", "185.199.112.7\n185.199.112.9\n")
	lines := "static.destinations = \"list.txt\"\nstatic.taken_over = \"taken.txt\""
	s.want(ExitDone, lines, "plan", "--only", "static", "--all")
	for _, want := range []string{"repair\tstatic\t185.199.112.7", "block\tstatic\t185.199.112.8"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("the plan does not say %q: %s", want, &s.out)
		}
	}
	if strings.Contains(s.out.String(), "112.9") {
		t.Errorf("what is not listed is taken over: %s", &s.out)
	}
	s.want(ExitDone, lines, "run")
	if strings.Contains(s.out.String(), "block\tstatic\t185.199.112.7") {
		t.Errorf("what is held already is blocked anew: %s", &s.out)
	}
	s.holds("185.199.112.7", true)
	s.holds("185.199.112.8", true)
	s.write("list.txt", "185.199.112.8\n")
	s.want(ExitDone, lines, "run")
	if !strings.Contains(s.out.String(), "release\tstatic\t185.199.112.7") {
		t.Errorf("what was taken over is not released: %s", &s.out)
	}
	s.write("list.txt", "185.199.112.7\n185.199.112.8\n")
	s.want(ExitDone, lines, "plan", "--only", "static")
	if !strings.Contains(s.out.String(), "block\tstatic\t185.199.112.7") {
		t.Errorf("what was released is taken over again: %s", &s.out)
	}
}

// testCompare takes off the device what is held there.
func testCompare(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	b := s.book()
	delete(b.Held, hostElement)
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	s.write("book.json", string(text))
	s.want(ExitDone, "run.compare = 0", "run")
	s.holds(hostElement, false)
	s.want(ExitDone, "run.compare = 1", "run")
	s.holds(hostElement, true)
}

func testKeepHistory(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	s.ahead = 3 * time.Hour
	for _, tt := range []struct {
		keep string
		want bool
	}{{"4h", true}, {"2h", false}} {
		lines := fmt.Sprintf("run.keep_history = %q", tt.keep)
		s.want(ExitDone, lines, "run")
		s.want(ExitDone, lines, "history", "host-1")
		if got := strings.Contains(s.out.String(), "host-1"); got != tt.want {
			t.Errorf("with %s the block is in the history: %v, want %v\n%s", tt.keep, got, tt.want, &s.out)
		}
	}
}
