package secretstore

import (
	"errors"
	"testing"
)

// TestKeptIsWhatTheKeyringItselfHas, whatever goes before it.
func TestKeptIsWhatTheKeyringItselfHas(t *testing.T) {
	p := newPlace(t)
	p.env[Variable(token)] = "from the environment"
	if _, there, err := p.store().Kept(t.Context(), token); there || err != nil {
		t.Errorf("there: %v, %v", there, err)
	}
	mustSet(t, p.store(), token, "hunter2")
	if got, there, err := p.store().Kept(t.Context(), token); !there || err != nil || got.Reveal() != "hunter2" {
		t.Errorf("there: %v, %v, the right one: %v", there, err, got.Reveal() == "hunter2")
	}
	if _, _, err := p.store().Kept(t.Context(), "../../etc/passwd"); err == nil {
		t.Error("a path is taken for a name")
	}
}

// TestReadySaysWhetherSecretsCanBeStored tells a keyring whose pass phrase is another from one that can be used.
func TestReadySaysWhetherSecretsCanBeStored(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	if err := p.store().Ready(t.Context()); err != nil {
		t.Error(err)
	}
	p.env["VAR_KEYRING_PASSPHRASE"] = "another"
	if err := p.store().Ready(t.Context()); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("with another pass phrase: %v", err)
	}
}
