package secretstore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/secret"
)

func (p *place) plain() *Store {
	return New(Options{LookupEnv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok }, Folder: p.folder, Plain: true})
}

func TestReadableFilesAreOursAlone(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.plain(), token, "first")
	mustSet(t, p.plain(), token, "hunter2")
	got, origin, err := p.plain().Get(t.Context(), token)
	if err != nil || got.Reveal() != "hunter2" || origin.String() != "keyring plaintext" {
		t.Errorf("got %q from %v, %v", got.Reveal(), origin, err)
	}
	dir := p.folder + "-plaintext"
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, token): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, mode)
		}
	}
	if names, err := p.plain().List(t.Context()); err != nil || !slices.Equal(names, []string{token}) {
		t.Errorf("listed %q, %v", names, err)
	}
	if err := p.plain().Delete(t.Context(), token); err != nil {
		t.Error(err)
	}
	if err := p.plain().Delete(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleting twice: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left over: %v", entries)
	}
}

func TestReadableFilesAndEncryptedOnesDoNotMix(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "encrypted")
	if _, _, err := p.plain().Get(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	mustSet(t, p.plain(), token, "readable")
	if got, _, err := p.store().Get(t.Context(), token); err != nil || got.Reveal() != "encrypted" {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
}

func TestFileThatOthersMayReadIsRefusedUntilItIsReplaced(t *testing.T) {
	for _, mode := range []os.FileMode{0o644, 0o640, 0o602, 0o660} {
		p := newPlace(t)
		mustSet(t, p.plain(), token, "hunter2")
		if err := os.Chmod(filepath.Join(p.folder+"-plaintext", token), mode); err != nil {
			t.Fatal(err)
		}
		got, _, err := p.plain().Get(t.Context(), token)
		if err == nil || errors.Is(err, ErrNotFound) || !got.Empty() || !strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("mode %v: got %q, %v", mode, got.Reveal(), err)
		}
		mustSet(t, p.plain(), token, "newer")
		if got, _, err := p.plain().Get(t.Context(), token); err != nil || got.Reveal() != "newer" {
			t.Errorf("mode %v, afterwards: %q, %v", mode, got.Reveal(), err)
		}
	}
}

func TestPassPhraseComesFromTheCredentialsOfTheService(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	dir := t.TempDir()
	delete(p.env, "VAR_KEYRING_PASSPHRASE")
	p.env["CREDENTIALS_DIRECTORY"] = dir
	write(t, filepath.Join(dir, "keyring-passphrase"), "open sesame\n", 0o400)
	if got, origin, err := p.store().Get(t.Context(), token); err != nil || got.Reveal() != "hunter2" {
		t.Errorf("got %q from %v, %v", got.Reveal(), origin, err)
	}
	p.env["VAR_KEYRING_PASSPHRASE_FILE"] = write(t, filepath.Join(dir, "wrong"), "wrong", 0o400)
	if _, _, err := p.store().Get(t.Context(), token); err == nil {
		t.Error("the credential went before the variable")
	}
}

func TestThereIsNoPassPhraseByDefault(t *testing.T) {
	p := newPlace(t)
	delete(p.env, "VAR_KEYRING_PASSPHRASE")
	p.env["VAR_KEYRING_BACKEND"] = "file"
	p.env["CREDENTIALS_DIRECTORY"] = t.TempDir()
	if _, err := p.store().Set(t.Context(), token, secret.New("x")); err == nil || !strings.Contains(err.Error(), "keyring-passphrase") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(p.folder); err == nil {
		t.Error("something was stored all the same")
	}
}

func TestWhatIsKeptIsInTheKeyringAlone(t *testing.T) {
	p := newPlace(t)
	p.env["VAR_SECRET_BRAIN_HQ_LOGIN"] = "from environment"
	if _, there, err := p.store().Kept(t.Context(), "brain.hq.login"); there || err != nil {
		t.Errorf("it is there: %v, %v", there, err)
	}
	mustSet(t, p.store(), "brain.hq.login", "kept")
	if got, there, err := p.store().Kept(t.Context(), "brain.hq.login"); err != nil || !there || got.Reveal() != "kept" {
		t.Errorf("got %q, %v, %v", got.Reveal(), there, err)
	}
}

func TestPassWithoutAStoreIsNoKeyring(t *testing.T) {
	p := newPlace(t)
	delete(p.env, "VAR_KEYRING_PASSPHRASE")
	p.env["VAR_KEYRING_BACKEND"], p.env["PASSWORD_STORE_DIR"] = "pass", t.TempDir()
	if _, _, err := p.store().Get(t.Context(), token); err == nil || !strings.Contains(err.Error(), "pass init") {
		t.Errorf("got %v", err)
	}
}

// A desktop's keyring also holds what other programs keep there.
func TestItemsOfOtherProgramsAreNotOurs(t *testing.T) {
	k := keyring.NewArrayKeyring([]keyring.Item{{Key: token, Data: []byte("theirs")}, {Key: "browser", Data: []byte("theirs")}})
	s := newPlace(t).store()
	ours := shared{k}
	s.door.ring = &ring{ours, keyring.SecretServiceBackend, ours.Set}
	if _, _, err := s.Get(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	mustSet(t, s, token, "ours")
	if names, err := s.List(t.Context()); err != nil || !slices.Equal(names, []string{token}) {
		t.Errorf("listed %q, %v", names, err)
	}
	if err := s.Delete(t.Context(), token); err != nil {
		t.Error(err)
	}
	if item, err := k.Get(token); err != nil || string(item.Data) != "theirs" {
		t.Errorf("theirs is %q, %v", item.Data, err)
	}
}

func TestNoKeyringIsUsedWhereNoneIsWanted(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	p.env["VAR_KEYRING_BACKEND"] = "none"
	if _, _, err := p.store().Get(t.Context(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := p.store().Set(t.Context(), token, secret.New("x")); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("set: %v", err)
	}
}

func TestFolderThatCannotBeOneIsNotTakenForAWrongPassPhrase(t *testing.T) {
	p := newPlace(t)
	p.folder = filepath.Join(write(t, filepath.Join(t.TempDir(), "file"), "x", 0o600), "keyring")
	_, _, get := p.store().Get(t.Context(), token)
	_, set := p.store().Set(t.Context(), token, secret.New("x"))
	for _, err := range []error{get, set} {
		if err == nil || strings.Contains(err.Error(), "phrase") || !strings.Contains(err.Error(), p.folder) {
			t.Errorf("got %v", err)
		}
	}
}
