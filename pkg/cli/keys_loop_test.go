package cli

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func loopKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"run.jitter":       testJitter,
		"run.stop_timeout": testStopTimeout,
	}
}

func testJitter(t *testing.T) {
	s := newStage(t)
	s.chance = 0.75
	got := s.passes(2, "run.interval = \"10m\"\nrun.jitter = 20")
	if want := []time.Duration{11 * time.Minute, 11 * time.Minute}; !slices.Equal(got, want) {
		t.Errorf("pauses are %v, want %v", got, want)
	}
}

// testStopTimeout tells a run to end when the device has done its part and the brain is slow to take the tags.
func testStopTimeout(t *testing.T) {
	for timeout, told := range map[string]bool{"0s": false, "1m": true} {
		s := newStage(t)
		s.hq.Delay(200 * time.Millisecond)
		ctx, stop := context.WithCancel(t.Context())
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			s.whenHeld(ctx, hostElement, stop)
		}()
		path := s.write("config.toml", s.base("run.stop_timeout = \""+timeout+"\""))
		code := s.app().Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run"})
		stop()
		<-watched
		s.holds(hostElement, true)
		if got := slices.Contains(s.brain.Tags("host", 1), "VAR Host Blocked"); got != told || code != ExitError {
			t.Errorf("stop_timeout %s: the brain was told: %v, want %v; exit code %d\n%s", timeout, got, told, code, &s.err)
		}
		if got := strings.Contains(s.err.String(), "cut off, run.stop_timeout is over"); got == told {
			t.Errorf("stop_timeout %s: what was cut off is told: %v\n%s", timeout, got, &s.err)
		}
	}
}

// whenHeld does something once the book has an element.
func (s *stage) whenHeld(ctx context.Context, element string, do func()) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			if text, err := os.ReadFile(s.path("book.json")); err == nil && strings.Contains(string(text), `"`+element+`":true`) {
				do()
			}
		}
	}
}
