package setup_test

import (
	"errors"
	"maps"
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
		s, p := on(t, ""), newcomer()
		steady(p)
		p.back = n + 1
		result, err := s.meet(p)
		if err != nil || !result.Written || s.text(t) != first.text(t) || !maps.Equal(s.ring.values, first.ring.values) {
			t.Errorf("%s (%s): %v, file %s", numbered(n+1), whole.asked[n].Key, err, cmp.Diff(s.text(t), first.text(t)))
		}
	}
}

// steady has menus answered by what is there already, so that an answer may be given twice.
func steady(p *person) {
	for _, menu := range []string{"brains", "blockers", "blocker.wall.settings.device"} {
		delete(p.answers, menu)
	}
}
