package setup_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/setup"
)

// TestAKeyringThatRefusesLeavesNothing has the keyring take the first secret and not the second, and then has the
// person leave.
func TestAKeyringThatRefusesLeavesNothing(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.ring.values["blocker.wall.device.fw1.token"] = "the one before"
	s.ring.refuse = "brain.hq.client_secret"
	p.answers["what next"] = []string{"write", "leave"}
	result, err := s.meet(p)
	if err != nil || result.Written || s.text(t) != "(no file)" {
		t.Fatalf("%v, written: %v, %s", err, result.Written, s.text(t))
	}
	if want := map[string]string{"blocker.wall.device.fw1.token": "the one before"}; !maps.Equal(s.ring.values, want) {
		t.Errorf("the keyring has %v, want %v", s.ring.values, want)
	}
	if !p.heard("nothing was written: the keyring is locked") {
		t.Errorf("said %q", p.said)
	}
}

// TestWithoutAKeyringTheFileAloneCanBeWritten keeps what was answered when secrets cannot be stored.
func TestWithoutAKeyringTheFileAloneCanBeWritten(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.ring.refuse = "brain.hq.client_id"
	p.answers["what next"] = []string{"write", "file"}
	result, err := s.meet(p)
	if err != nil || !result.Written || len(s.ring.values) > 0 || !strings.Contains(s.text(t), `url = "https://brain.example.net"`) {
		t.Errorf("%v, written: %v, keyring %v, %s", err, result.Written, s.ring.values, s.text(t))
	}
}

// TestAFileThatSomebodyElseChangedStaysAndSoDoesTheKeyring changes the file while questions are asked.
func TestAFileThatSomebodyElseChangedStaysAndSoDoesTheKeyring(t *testing.T) {
	const theirs = "[brain.hq]\nurl = \"https://theirs.example.net\"\n"
	s, p := on(t, firstFile), newcomer()
	p.answers["brains"] = []string{"hq", "+on"}
	p.answers["what next"] = []string{"all", "write", "leave"}
	s.ring.values["brain.hq.client_id"] = "the one before"
	p.otherwise = func(q setup.Question) (string, bool) {
		if q.Key == "gate.floor" {
			if err := os.WriteFile(s.path, []byte(theirs), 0o600); err != nil {
				t.Error(err)
			}
		}
		return "", false
	}
	result, err := s.meet(p)
	if err != nil || result.Written || s.text(t) != theirs {
		t.Errorf("%v, written: %v, %s; said %q", err, result.Written, s.text(t), p.said)
	}
	if want := map[string]string{"brain.hq.client_id": "the one before"}; !maps.Equal(s.ring.values, want) {
		t.Errorf("the keyring has %v, want %v", s.ring.values, want)
	}
}

// TestASecretThatIsThereIsKept types none, and finds the old ones where they were.
func TestASecretThatIsThereIsKept(t *testing.T) {
	s, p := on(t, wholeFile), curious()
	s.ring.values["brain.hq.client_id"], s.ring.values["brain.hq.client_secret"] = "a", "b"
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"brain.hq.client_id": "a", "brain.hq.client_secret": "b"}; !maps.Equal(s.ring.values, want) {
		t.Errorf("the keyring has %v, want %v", s.ring.values, want)
	}
	for _, q := range p.asked {
		if strings.HasPrefix(q.Key, "brain.hq.client_") && !strings.Contains(q.Help, "Found in keyring test; leave this empty to keep it.") {
			t.Errorf("%s: %s", q.Key, q.Help)
		}
	}
}

// TestASecretInTheWayIsNamed stores one that would never be used.
func TestASecretInTheWayIsNamed(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.ring.elsewhere["brain.hq.client_id"] = "environment VAR_SECRET_BRAIN_HQ_CLIENT_ID"
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	if !p.heard("brain.hq.client_id: environment VAR_SECRET_BRAIN_HQ_CLIENT_ID goes before what the keyring has") {
		t.Errorf("said %q", p.said)
	}
}

// TestSecretsCanBeForTheTrialAlone stores none, and gives them to who goes on.
func TestSecretsCanBeForTheTrialAlone(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.forget = true
	s.bench.brain = func(_ config.Brain, given setup.Secrets) setup.BrainReport {
		r := setup.BrainReport{Family: "QUX", API: "2.5", Checks: []setup.Check{{Name: "log in"}}}
		if value := given["brain.hq.client_id"]; len(given) > 0 && value.Reveal() != "me" {
			r.Checks[0].Err = errors.New("wrong")
		}
		return r
	}
	result, err := s.meet(p)
	if err != nil || !result.Written || len(s.ring.values) > 0 || p.heard("FAILED") || !p.heard("not stored: brain.hq.client_id") {
		t.Errorf("%v, written: %v, keyring %v; said %q", err, result.Written, s.ring.values, p.said)
	}
	if value := result.Given["brain.hq.client_secret"]; value.Reveal() != "s3cr3t-of-the-brain" {
		t.Error("what was typed is lost")
	}
}

// TestThatNothingCanBeStoredIsSaidFirst, before somebody has typed for ten minutes.
func TestThatNothingCanBeStoredIsSaidFirst(t *testing.T) {
	s, p := on(t, ""), &person{leave: 1}
	s.ring.closed = true
	if _, err := s.meet(p); !errors.Is(err, setup.ErrEnded) || !p.heard("Secrets cannot be stored here: no keyring is available here") {
		t.Errorf("%v; said %q", err, p.said)
	}
}

// TestAnEnterTooManyDoesNotWrite looks at the last question before and after a change: what Enter does, and what each
// number stands for.
func TestAnEnterTooManyDoesNotWrite(t *testing.T) {
	s, p := on(t, wholeFile), newcomer()
	p.answers["what next"] = []string{"run", "look", "write"}
	p.answers["run.interval"] = []string{"7m"}
	if result, err := s.meet(p); err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	var first []setup.Option
	for _, q := range p.asked {
		if q.Key != "what next" {
			continue
		}
		if q.Default == "write" || q.Default == "file" {
			t.Errorf("Enter alone writes: %+v", q)
		}
		if first == nil {
			first = q.Options
		}
		if !slices.Equal(q.Options[:len(first)], first) {
			t.Errorf("the options are %v, and were %v", q.Options, first)
		}
	}
	if n := strings.Count(strings.Join(p.said, "\n"), `+interval = "7m"`); n != 2 {
		t.Errorf("the change was shown %d times", n)
	}
}
