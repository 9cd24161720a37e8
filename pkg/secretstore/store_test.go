package secretstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/secret"
)

const token = "brain.hq.token"

// place is a machine with a credentials directory, a pass phrase and its own environment.
type place struct {
	env    map[string]string
	folder string
	log    bytes.Buffer
}

func newPlace(t *testing.T) *place {
	return &place{
		env:    map[string]string{"VAR_KEYRING_PASSPHRASE": "open sesame"},
		folder: filepath.Join(t.TempDir(), "keyring"),
	}
}

func (p *place) store() *Store {
	return New(Options{
		LookupEnv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok },
		Folder:    p.folder,
		Log:       slog.New(slog.NewTextHandler(&p.log, nil)),
	})
}

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustSet(t *testing.T, s *Store, name, text string) {
	t.Helper()
	if _, err := s.Set(context.Background(), name, secret.New(text)); err != nil {
		t.Fatal(err)
	}
}

func TestVariableIsTheNameInCapitals(t *testing.T) {
	tests := map[string]string{
		"brain.hq.client_secret":         "VAR_SECRET_BRAIN_HQ_CLIENT_SECRET",
		"blocker.edge.device.fw-1.token": "VAR_SECRET_BLOCKER_EDGE_DEVICE_FW_1_TOKEN",
	}
	for name, want := range tests {
		if got := Variable(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestPlacesAreAskedInOrder(t *testing.T) {
	p := newPlace(t)
	dir := t.TempDir()
	mustSet(t, p.store(), token, "from keyring")
	expect := func(text string, origin Origin) {
		t.Helper()
		got, from, err := p.store().Get(t.Context(), token)
		if err != nil || got.Reveal() != text || from != origin {
			t.Fatalf("got %q from %v, %v; want %q from %v", got.Reveal(), from, err, text, origin)
		}
	}
	expect("from keyring", Origin{StoreKeyring, "file"})

	p.env["CREDENTIALS_DIRECTORY"] = dir
	expect("from keyring", Origin{StoreKeyring, "file"})
	loaded := write(t, filepath.Join(dir, "var_"+token), "from a folder of credentials\n", 0o400)
	expect("from a folder of credentials", Origin{StoreCredentials, loaded})
	path := write(t, filepath.Join(dir, token), "from credentials\n", 0o400)
	expect("from credentials", Origin{StoreCredentials, path})

	file := write(t, filepath.Join(dir, "elsewhere"), "from file\r\n", 0o400)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN_FILE"] = file
	expect("from file", Origin{StoreFile, file})

	p.env["VAR_SECRET_BRAIN_HQ_TOKEN"] = "from environment"
	expect("from environment", Origin{StoreEnvironment, "VAR_SECRET_BRAIN_HQ_TOKEN"})
	if p.log.Len() > 0 {
		t.Errorf("logged: %s", p.log.String())
	}
}

func TestOnlyTheLineEndIsTrimmed(t *testing.T) {
	p := newPlace(t)
	for text, want := range map[string]string{"a b \n": "a b ", "a": "a", "a\n\n": "a\n", " a\r\n": " a"} {
		p.env["VAR_SECRET_BRAIN_HQ_TOKEN_FILE"] = write(t, filepath.Join(t.TempDir(), "f"), text, 0o400)
		got, _, err := p.store().Get(t.Context(), token)
		if err != nil || got.Reveal() != want {
			t.Errorf("%q: got %q, %v; want %q", text, got.Reveal(), err, want)
		}
	}
}

func TestMissingSecretIsToldWithItsPlacesAndTheCure(t *testing.T) {
	p := newPlace(t)
	_, _, err := p.store().Get(t.Context(), token)
	want := "secret brain.hq.token is not set; looked for in $VAR_SECRET_BRAIN_HQ_TOKEN, $VAR_SECRET_BRAIN_HQ_TOKEN_FILE, " +
		"$CREDENTIALS_DIRECTORY (not set), the keyring (file); set it with: var secret set brain.hq.token"
	if !errors.Is(err, ErrNotFound) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := os.Stat(p.folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made %s", p.folder)
	}
}

func TestPlaceThatNamesASecretButCannotGiveItIsAnError(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]map[string]string{
		"empty variable":       {"VAR_SECRET_BRAIN_HQ_TOKEN": ""},
		"missing file":         {"VAR_SECRET_BRAIN_HQ_TOKEN_FILE": filepath.Join(dir, "none")},
		"empty file":           {"VAR_SECRET_BRAIN_HQ_TOKEN_FILE": write(t, filepath.Join(dir, "empty"), "\n", 0o400)},
		"huge file":            {"VAR_SECRET_BRAIN_HQ_TOKEN_FILE": write(t, filepath.Join(dir, "huge"), strings.Repeat("x", maxSecret+1), 0o400)},
		"folder":               {"VAR_SECRET_BRAIN_HQ_TOKEN_FILE": dir},
		"missing pass phrase":  {"VAR_KEYRING_PASSPHRASE_FILE": filepath.Join(dir, "none")},
		"unknown keyring":      {"VAR_KEYRING_BACKEND": "vault"},
		"files without phrase": {"VAR_KEYRING_BACKEND": "file"},
	}
	for name, env := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			mustSet(t, p.store(), token, "old")
			delete(p.env, "VAR_KEYRING_PASSPHRASE")
			for key, value := range env {
				p.env[key] = value
			}
			got, _, err := p.store().Get(t.Context(), token)
			if err == nil || errors.Is(err, ErrNotFound) || !got.Empty() || !strings.Contains(err.Error(), "secret brain.hq.token: ") {
				t.Errorf("got %q, %v; want an error of that place", got.Reveal(), err)
			}
		})
	}
}

func TestWorldReadableFileIsWarnedOfOnce(t *testing.T) {
	p := newPlace(t)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN_FILE"] = write(t, filepath.Join(t.TempDir(), "f"), "hunter2", 0o644)
	s := p.store()
	for range 2 {
		if _, _, err := s.Get(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(p.log.String(), "every user of this machine"); n != 1 || strings.Contains(p.log.String(), "hunter2") {
		t.Errorf("logged %d times:\n%s", n, p.log.String())
	}
}

func TestNamesAreNoPaths(t *testing.T) {
	p := newPlace(t)
	p.env["CREDENTIALS_DIRECTORY"] = t.TempDir()
	s := p.store()
	for _, name := range []string{"", "../token", "a/b", ".token", "Brain.hq", canary, "a\nb", strings.Repeat("a", 201)} {
		_, _, get := s.Get(t.Context(), name)
		_, set := s.Set(t.Context(), name, secret.New("x"))
		if get == nil || set == nil || s.Delete(t.Context(), name) == nil || errors.Is(get, ErrNotFound) {
			t.Errorf("%q: taken for a name", name)
		}
	}
}

func TestKeyringKeepsReplacesListsAndDeletes(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "first")
	mustSet(t, p.store(), token, "hunter2")
	mustSet(t, p.store(), "blocker.edge.device.fw1.token", "other")
	names, err := p.store().List(t.Context())
	if want := []string{"blocker.edge.device.fw1.token", token}; err != nil || !slices.Equal(names, want) {
		t.Errorf("listed %q, %v; want %q", names, err, want)
	}
	got, _, err := p.store().Get(t.Context(), token)
	if err != nil || got.Reveal() != "hunter2" {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
	if err := p.store().Delete(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.store().Get(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("after deleting: %v", err)
	}
	if err := p.store().Delete(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleting twice: %v", err)
	}
}

func TestFilesOfTheKeyringAreEncryptedAndOurs(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	entries, err := os.ReadDir(p.folder)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v; want the secret and the canary", entries, err)
	}
	for _, e := range entries {
		info, _ := e.Info()
		text, _ := os.ReadFile(filepath.Join(p.folder, e.Name()))
		if info.Mode().Perm() != 0o600 || bytes.Contains(text, []byte("hunter2")) {
			t.Errorf("%s has mode %v:\n%s", e.Name(), info.Mode(), text)
		}
	}
	if info, _ := os.Stat(p.folder); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
}

// The library stores on with a wrong pass phrase, and leaves a keyring of two.
func TestWrongPassPhraseIsNoticedBeforeAnythingIsStored(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	p.env["VAR_KEYRING_PASSPHRASE"] = "wrong"
	_, err := p.store().Set(t.Context(), "brain.eu.token", secret.New("x"))
	_, _, get := p.store().Get(t.Context(), token)
	for _, err := range []error{err, get} {
		if err == nil || !strings.Contains(err.Error(), "pass phrase is not the one") || strings.Contains(err.Error(), "sesame") {
			t.Errorf("got %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(p.folder, "brain.eu.token")); !errors.Is(err, os.ErrNotExist) {
		t.Error("it was stored all the same")
	}
	p.env["VAR_KEYRING_PASSPHRASE"] = "open sesame"
	if got, _, err := p.store().Get(t.Context(), token); err != nil || got.Reveal() != "hunter2" {
		t.Errorf("afterwards: %q, %v", got.Reveal(), err)
	}
}

func TestInterruptedWriteIsNotListed(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	if err := os.MkdirAll(filepath.Join(p.folder, ".new-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if names, err := p.store().List(t.Context()); err != nil || !slices.Equal(names, []string{token}) {
		t.Errorf("listed %q, %v", names, err)
	}
}

func TestSetRefusesWhatIsNoSecret(t *testing.T) {
	p := newPlace(t)
	for _, text := range []string{"", strings.Repeat("x", maxSecret+1)} {
		if _, err := p.store().Set(t.Context(), token, secret.New(text)); err == nil {
			t.Errorf("%d bytes were stored", len(text))
		}
	}
}

type brokenRing struct{ keyring.Keyring }

func (brokenRing) Get(string) (keyring.Item, error) { return keyring.Item{}, errors.New("locked") }
func (brokenRing) Keys() ([]string, error)          { return nil, errors.New("locked") }
func (brokenRing) Remove(string) error              { return errors.New("locked") }
func (brokenRing) Set(keyring.Item) error           { return nil }

func TestKeyringThatFailsIsAnErrorAndNotAMissingSecret(t *testing.T) {
	s := newPlace(t).store()
	s.door.ring = &ring{brokenRing{}, keyring.SecretServiceBackend, brokenRing{}.Set}
	_, origin, get := s.Get(t.Context(), token)
	_, set := s.Set(t.Context(), token, secret.New("hunter2"))
	_, list := s.List(t.Context())
	for what, err := range map[string]error{"get": get, "set": set, "list": list, "delete": s.Delete(t.Context(), token)} {
		if err == nil || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "keyring secret-service") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if origin.Store != StoreKeyring {
		t.Errorf("origin is %v", origin)
	}
}

func TestOtherKeyringsAreUsedAlike(t *testing.T) {
	s := newPlace(t).store()
	k := keyring.NewArrayKeyring(nil)
	s.door.ring = &ring{k, keyring.PassBackend, k.Set}
	mustSet(t, s, token, "hunter2")
	got, origin, err := s.Get(t.Context(), token)
	if err != nil || got.Reveal() != "hunter2" || origin.String() != "keyring pass" {
		t.Errorf("got %q from %v, %v", got.Reveal(), origin, err)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	p := newPlace(t)
	s := p.store()
	mustSet(t, s, token, "hunter2")
	got, origin, err := s.Get(t.Context(), token)
	if text := fmt.Sprintf("%v %+v %#v %v %v", got, got, got, origin, err); strings.Contains(text, "hunter2") {
		t.Errorf("printed: %s", text)
	}
}

func TestEndedContextAsksNobody(t *testing.T) {
	p := newPlace(t)
	p.env["VAR_SECRET_BRAIN_HQ_TOKEN"] = "x"
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopped"))
	if _, _, err := p.store().Get(ctx, token); err == nil || err.Error() != "stopped" {
		t.Errorf("got %v", err)
	}
}
