package cli

import (
	"context"
	"net/http"
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

// testStopTimeout tells a run to end when the device has done its part and the brain is asked to take a tag: it takes it,
// or leaves whoever asks waiting until that is cut off.
func testStopTimeout(t *testing.T) {
	for timeout, told := range map[string]bool{"0s": false, "1m": true} {
		s := newStage(t)
		ctx, stop := context.WithCancel(t.Context())
		s.front.meet(func(r *http.Request) (enter bool) {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/tagging/host") {
				return true
			}
			stop()
			if !told {
				<-r.Context().Done()
			}
			return told
		})
		path := s.write("config.toml", s.base("run.stop_timeout = \""+timeout+"\""))
		code := s.app().Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run"})
		s.holds(hostElement, true)
		if got := slices.Contains(s.brain.Tags("host", 1), "VAR Host Blocked"); got != told || code != ExitError {
			t.Errorf("stop_timeout %s: the brain was told: %v, want %v; exit code %d\n%s", timeout, got, told, code, &s.err)
		}
		if got := strings.Contains(s.err.String(), "cut off, run.stop_timeout is over"); got == told {
			t.Errorf("stop_timeout %s: what was cut off is told: %v\n%s", timeout, got, &s.err)
		}
		if want := "has " + timeout; !strings.Contains(s.err.String(), want) {
			t.Errorf("stop_timeout %s: nobody is told that it %s: %s", timeout, want, &s.err)
		}
	}
}
