package secretstore

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// closed is a machine whose encrypted files hold the token, and that has no pass phrase for them.
func closed(t *testing.T) *place {
	t.Helper()
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	delete(p.env, "VAR_KEYRING_PASSPHRASE")
	p.env["PASSWORD_STORE_DIR"] = t.TempDir()
	p.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"
	return p
}

func TestASecretInAClosedKeyringIsNotMissing(t *testing.T) {
	for _, backend := range []string{"", "file"} {
		p := closed(t)
		if backend != "" {
			p.env["VAR_KEYRING_BACKEND"] = backend
		}
		_, _, err := p.store().Get(t.Context(), token)
		if err == nil || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "closed: set VAR_KEYRING_PASSPHRASE_FILE") ||
			strings.Contains(err.Error(), "var secret set") {
			t.Errorf("backend %q: got %v", backend, err)
		}
	}
}

func TestAClosedKeyringIsToldOnce(t *testing.T) {
	p := closed(t)
	s := p.store()
	for range 3 {
		if _, _, err := s.Get(t.Context(), token); err == nil {
			t.Fatal("it was opened")
		}
	}
	if n := strings.Count(p.log.String(), "the keyring of encrypted files is closed: set VAR_KEYRING_PASSPHRASE_FILE"); n != 1 {
		t.Errorf("told %d times: %s", n, p.log.String())
	}
}

func TestWhatAClosedKeyringDoesNotHoldIsMissing(t *testing.T) {
	p := closed(t)
	if _, _, err := p.store().Get(t.Context(), "brain.eu.token"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	p.env[Variable(token)] = "from the environment"
	if got, _, err := p.store().Get(t.Context(), token); err != nil || got.Reveal() != "from the environment" {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
	if p.log.Len() > 0 {
		t.Errorf("told without need: %s", p.log.String())
	}
}

func TestNothingIsStoredOrRenamedBesideAClosedKeyring(t *testing.T) {
	p := closed(t)
	var shut *ClosedError
	if _, err := p.store().Set(t.Context(), token, secret.New("x")); !errors.As(err, &shut) || shut.Folder != p.folder {
		t.Errorf("set: %v", err)
	}
	if err := p.store().Rename(t.Context(), "brain.hq", "brain.eu"); !errors.As(err, &shut) {
		t.Errorf("rename: %v", err)
	}
	p.folder = filepath.Join(t.TempDir(), "empty")
	if err := p.store().Rename(t.Context(), "brain.hq", "brain.eu"); err != nil {
		t.Errorf("rename without a keyring: %v", err)
	}
}
