package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/service"
)

// superior is a service manager that remembers what it was told.
type superior struct {
	mu   sync.Mutex
	told []string
}

func (s *superior) manager() (service.Manager, error) {
	return service.Manager{Tell: func(state string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.told = append(s.told, state)
		return nil
	}}, nil
}

// heads are the first lines of what was told, without what only tells what goes on.
func (s *superior) heads() []string {
	var heads []string
	for _, state := range s.told {
		if head, _, _ := strings.Cut(state, "\n"); !strings.HasPrefix(head, "STATUS=") {
			heads = append(heads, head)
		}
	}
	return heads
}

func (s *superior) last(t *testing.T, want string) {
	t.Helper()
	if last := s.told[len(s.told)-1]; !strings.Contains(last, want) {
		t.Errorf("told %q, want %q in it", last, want)
	}
}

// A service manager learns of each state of a loop, and of a reload that was refused until one succeeds.
func TestAServiceManagerIsToldOfALoop(t *testing.T) {
	s, sup := newStage(t), &superior{}
	s.manager = sup.manager
	s.loops("run.stop_timeout = \"45s\"",
		func() bool {
			sup.last(t, "STATUS=pass: block 8")
			s.write("config.toml", "brain.hq = 7")
			return true
		},
		func() bool {
			sup.last(t, "READY=1\nSTATUS=the reload was refused, what was read before stays in force (20")
			return false
		},
		func() bool {
			sup.last(t, "was refused, what was read before is in force")
			s.write("config.toml", s.base("run.stop_timeout = \"1m\""))
			return true
		},
		func() bool { sup.last(t, "READY=1\nSTATUS=the configuration of now is in force (20"); return false },
		func() bool {
			if last := sup.told[len(sup.told)-1]; strings.Contains(last, "refused") {
				t.Errorf("after a reload that succeeded it is told %q", last)
			}
			return false
		},
	)
	want := []string{"READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1", "STOPPING=1"}
	if diff := cmp.Diff(want, sup.heads()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	sup.last(t, "\nEXTEND_TIMEOUT_USEC=75000000\n")
}

func TestWhatIsWrongWithAServiceManagerStopsNothing(t *testing.T) {
	s := newStage(t)
	s.manager = func() (service.Manager, error) {
		return service.Manager{}, errors.New("WATCHDOG_USEC is no number")
	}
	s.loops("")
	if !strings.Contains(s.err.String(), "WATCHDOG_USEC is no number") {
		t.Errorf("it is not told:\n%s", &s.err)
	}
}

// stuck is a blocker that is at work until it is let go.
type stuck struct {
	calls   chan string
	letting chan struct{}
}

func (s *stuck) Info() entity.Blocker { return entity.Blocker{} }

func (s *stuck) work(call string) {
	s.calls <- call
	<-s.letting
}

func (s *stuck) Block(context.Context, []entity.Target) []entity.Outcome { s.work("block"); return nil }

func (s *stuck) Unblock(context.Context, []entity.Release) []error { s.work("unblock"); return nil }

func (s *stuck) Elements(context.Context, []entity.Target) ([][]string, error) {
	s.work("elements")
	return nil, nil
}

func (s *stuck) List(context.Context) ([]entity.Inventory, error) { s.work("list"); return nil, nil }

func TestTheBlockersOfALoopAreListenedTo(t *testing.T) {
	broken := dispatch.Broken(entity.Blocker{Name: "edge"}, errors.New("no plugin"))
	runs := &stuck{}
	s := &system{app: &App{Now: time.Now}}
	if s.heard(runs) != dispatch.Enforcer(runs) {
		t.Error("where nobody listens blockers are wrapped")
	}
	s.pulse = service.NewPulse(time.Now)
	if s.heard(broken) != broken {
		t.Error("one is listened to that does not run")
	}
}

// A call that takes hours keeps the loop alive; a loop in which nothing is under way any more is not.
func TestALongCallIsLifeAndAHangIsNone(t *testing.T) {
	var ahead time.Duration
	now := func() time.Time { return time.Unix(0, 0).Add(ahead) }
	v := &served{pulse: service.NewPulse(now)}
	s := &stuck{calls: make(chan string), letting: make(chan struct{})}
	l := (&system{app: &App{Now: now}, pulse: v.pulse}).heard(s)
	for call, do := range map[string]func(){
		"block": func() { l.Block(t.Context(), nil) }, "unblock": func() { l.Unblock(t.Context(), nil) },
		"elements": func() { _, _ = l.Elements(t.Context(), nil) }, "list": func() { _, _ = l.List(t.Context()) },
	} {
		var wg sync.WaitGroup
		wg.Go(do)
		<-s.calls
		if ahead += time.Hour; !v.alive() {
			t.Errorf("a loop that waits for %s counts as hung", call)
		}
		s.letting <- struct{}{}
		wg.Wait()
		if ahead += time.Hour; v.alive() {
			t.Errorf("nothing happened for an hour after %s, and the loop counts as alive", call)
		}
	}
}

// The pause between two passes may be longer than a hang, and is none.
func TestAPauseIsLife(t *testing.T) {
	var ahead time.Duration
	now := func() time.Time { return time.Unix(0, 0).Add(ahead) }
	v := &served{pulse: service.NewPulse(now)}
	v.app = &App{Pause: func(context.Context, time.Duration) error {
		if ahead += 24 * time.Hour; !v.alive() {
			t.Error("a loop between two passes counts as hung")
		}
		return os.ErrDeadlineExceeded
	}}
	if err := v.resting(t.Context(), 24*time.Hour); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the pause ended with %v", err)
	}
}
