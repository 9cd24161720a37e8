package secretstore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

func TestRenameMovesAllThatBelongsToOneThing(t *testing.T) {
	s := newPlace(t).store()
	for _, name := range []string{"brain.hq.client_id", "brain.hq.client_secret", "brain.hq2.token", "brain.eu.token"} {
		mustSet(t, s, name, "of "+name)
	}
	for range 2 { // what was done already is not done again
		if err := s.Rename(t.Context(), "brain.hq", "brain.main"); err != nil {
			t.Fatal(err)
		}
	}
	names, err := s.List(t.Context())
	if want := []string{"brain.eu.token", "brain.hq2.token", "brain.main.client_id", "brain.main.client_secret"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("there are %q, %v; want %q", names, err, want)
	}
	if got, _, err := s.Get(t.Context(), "brain.main.client_id"); err != nil || got.Reveal() != "of brain.hq.client_id" {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
}

func TestRenameFinishesWhatACrashLeft(t *testing.T) {
	s := newPlace(t).store()
	for _, name := range []string{"brain.hq.client_id", "brain.main.client_id", "brain.hq.client_secret"} {
		mustSet(t, s, name, "same")
	}
	if err := s.Rename(t.Context(), "brain.hq", "brain.main"); err != nil {
		t.Fatal(err)
	}
	if names, _ := s.List(t.Context()); !slices.Equal(names, []string{"brain.main.client_id", "brain.main.client_secret"}) {
		t.Errorf("there are %q", names)
	}
}

func TestRenameLosesNoSecret(t *testing.T) {
	s := newPlace(t).store()
	mustSet(t, s, "brain.hq.client_id", "mine")
	mustSet(t, s, "brain.hq.client_secret", "one")
	mustSet(t, s, "brain.main.client_secret", "another")
	err := s.Rename(t.Context(), "brain.hq", "brain.main")
	if err == nil || !strings.Contains(err.Error(), "var secret delete") || strings.Contains(err.Error(), "another") {
		t.Errorf("got %v", err)
	}
	if names, _ := s.List(t.Context()); len(names) != 3 || names[0] != "brain.hq.client_id" {
		t.Errorf("there are %q", names)
	}
}

func TestRenameDropsTheLoginWhichCanBeHadAnew(t *testing.T) {
	s := newPlace(t).store()
	for _, name := range []string{Login("hq"), "brain.hq.token", "blocker.edge.device.a.login"} {
		mustSet(t, s, name, "old")
	}
	mustSet(t, s, Login("main"), "what a run got between a crash and now")
	for old, name := range map[string]string{"brain.hq": "brain.main", "blocker.edge": "blocker.dc"} {
		if err := s.Rename(t.Context(), old, name); err != nil {
			t.Fatal(err)
		}
	}
	if names, _ := s.List(t.Context()); !slices.Equal(names, []string{"blocker.dc.device.a.login", Login("main"), "brain.main.token"}) {
		t.Errorf("there are %q", names)
	}
}

func TestRenameWithoutAKeyringIsDone(t *testing.T) {
	p := newPlace(t)
	delete(p.env, "VAR_KEYRING_PASSPHRASE")
	p.env["PATH"] = ""
	if err := p.store().Rename(t.Context(), "brain.hq", "brain.main"); err != nil {
		t.Error(err)
	}
}

func TestGivenSecretsGoBeforeEveryPlaceAndAreNotStored(t *testing.T) {
	p := newPlace(t)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN"] = "from environment"
	s := p.store()
	trial := s.With(map[string]secret.String{token: secret.New("typed"), "brain.eu.token": {}})
	if got, origin, err := trial.Get(t.Context(), token); err != nil || got.Reveal() != "typed" || origin.String() != "given" {
		t.Errorf("the trial got %q from %v, %v", got.Reveal(), origin, err)
	}
	if got, _, err := s.Get(t.Context(), token); err != nil || got.Reveal() != "from environment" {
		t.Errorf("the store got %q, %v", got.Reveal(), err)
	}
	if _, _, err := trial.Get(t.Context(), "brain.eu.token"); err == nil {
		t.Error("an empty secret was given")
	}
	if _, err := os.Stat(p.folder); err == nil {
		t.Error("the trial was stored")
	}
	if got, _, err := trial.With(nil).Get(t.Context(), token); err != nil || got.Reveal() != "typed" {
		t.Errorf("given through two stores: %q, %v", got.Reveal(), err)
	}
}

func TestVariablesOfAPredecessorComeAfterOurs(t *testing.T) {
	p := newPlace(t)
	s := p.store()
	mustSet(t, s, token, "from keyring")
	expect := func(text, place string) {
		t.Helper()
		got, origin, err := s.Get(t.Context(), token, "https://brain.example.net/_Token", "https://brain.example.net_Token")
		if err != nil || got.Reveal() != text || origin.Place != place {
			t.Errorf("got %q from %v, %v; want %q from %s", got.Reveal(), origin, err, text, place)
		}
	}
	expect("from keyring", "file")
	p.env["https://brain.example.net_Token"] = "former"
	expect("former", "https://brain.example.net_Token")
	path := write(t, filepath.Join(t.TempDir(), "token"), "from file", 0o400)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN_FILE"] = path
	expect("from file", path)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN"] = "ours"
	expect("ours", "VAR_SECRET_BRAIN_HQ_TOKEN")
}
