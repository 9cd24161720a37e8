package setup_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/setup"
)

const firstFile = `[brain.hq]
url = "https://brain.example.net"
`

// wholeFile is all that is needed.
const wholeFile = firstFile + `[blocker.wall]
plugin = "wall"
[[blocker.wall.settings.device]]
name = "fw1"
url = "https://fw1.example.net"
`

func TestAFirstConfigurationIsWrittenAndGood(t *testing.T) {
	s, p := on(t, ""), newcomer()
	result, err := s.meet(p)
	if err != nil || !result.Written {
		t.Fatalf("written: %v, %v; said %q", result.Written, err, p.said)
	}
	cfg, problems := config.Load(s.path)
	if problems != nil {
		t.Fatalf("%v in\n%s", problems, s.text(t))
	}
	if got := *cfg.Hosts.Score; got != (config.Score{Threat: 80, Match: "and", Certainty: 70}) {
		t.Errorf("score is %+v", got)
	}
	want := map[string]any{
		"command": []any{"/bin/true", "-x"}, "colours": map[string]any{"a": "red"},
		"device": []map[string]any{{"name": "fw1", "url": "https://fw1.example.net"}},
	}
	if d := cmp.Diff(cfg.Blockers["wall"].Settings, want); d != "" {
		t.Errorf("settings: %s", d)
	}
	kept := map[string]string{
		"brain.hq.client_id": "me", "brain.hq.client_secret": "s3cr3t-of-the-brain", "blocker.wall.device.fw1.token": "s3cr3t-of-the-wall",
	}
	if d := cmp.Diff(s.ring.values, kept); d != "" {
		t.Errorf("keyring: %s", d)
	}
	for _, value := range kept {
		if value != "me" && p.heard(value) {
			t.Errorf("a secret was told")
		}
	}
}

// TestLeavingAtAnyQuestionChangesNothing goes away at each question in turn, that whether to write it included.
func TestLeavingAtAnyQuestionChangesNothing(t *testing.T) {
	whole := newcomer()
	if _, err := on(t, "").meet(whole); err != nil {
		t.Fatal(err)
	}
	for n := range whole.asked[:len(whole.asked)-1] { // the last one is asked when all is written
		if skipped(n) {
			continue
		}
		s, p := on(t, ""), newcomer()
		p.leave = n + 1
		_, err := s.meet(p)
		if !errors.Is(err, setup.ErrEnded) || s.text(t) != "(no file)" || len(s.ring.values) > 0 {
			t.Errorf("%s: %v, file %q, keyring %v", numbered(n+1), err, s.text(t), s.ring.values)
		}
	}
}

// TestGoingBackAtAnyQuestionEndsTheSame answers the same again after going back once.
func TestGoingBackAtAnyQuestionEndsTheSame(t *testing.T) {
	first, whole := on(t, ""), newcomer()
	if _, err := first.meet(whole); err != nil {
		t.Fatal(err)
	}
	for n := range whole.asked {
		if skipped(n) {
			continue
		}
		s, p := on(t, ""), newcomer()
		steady(p)
		p.back = n + 1
		result, err := s.meet(p)
		if err != nil || !result.Written || s.text(t) != first.text(t) || !maps.Equal(s.ring.values, first.ring.values) {
			t.Errorf("%s (%s): %v, file %s", numbered(n+1), whole.asked[n].Key, err, cmp.Diff(s.text(t), first.text(t)))
		}
	}
}

// TestNothingIsSaidTwiceAfterGoingBack goes back late, and hears no heading again.
func TestNothingIsSaidTwiceAfterGoingBack(t *testing.T) {
	s, p := on(t, ""), newcomer()
	steady(p)
	p.back = 40
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.Join(p.said, "\n"), "blockers: what can block them"); n != 1 {
		t.Errorf("it was said %d times", n)
	}
}

// TestInterruptedWhileSomethingIsTriedNothingChanges presses Ctrl-C while the brain is asked, and while an answer comes.
func TestInterruptedWhileSomethingIsTriedNothingChanges(t *testing.T) {
	for _, at := range []string{"trial", "hosts.block_group", "what next"} {
		ctx, end := context.WithCancel(context.Background())
		s, p := on(t, ""), newcomer()
		s.bench.brain = func(config.Brain, setup.Secrets) setup.BrainReport {
			if at == "trial" {
				end()
			}
			return setup.BrainReport{Family: "QUX", API: "2.5", Checks: []setup.Check{{Name: "read hosts"}}}
		}
		delete(p.answers, "what next")
		p.otherwise = func(q setup.Question) (string, bool) {
			if q.Key == at {
				end()
			}
			return "write", q.Key == "what next"
		}
		_, err := s.meetFor(ctx, p)
		end()
		if !errors.Is(err, setup.ErrEnded) || s.text(t) != "(no file)" || len(s.ring.values) > 0 {
			t.Errorf("at %s: %v, %s, keyring %v", at, err, s.text(t), s.ring.values)
		}
	}
}

// steady has menus answered by what is there already, so that an answer may be given twice.
func steady(p *person) {
	for _, menu := range []string{"brains", "blockers", "blocker.wall.settings.device"} {
		delete(p.answers, menu)
	}
}

// skipped leaves most questions out of short runs.
func skipped(n int) bool { return testing.Short() && n%6 != 0 }
