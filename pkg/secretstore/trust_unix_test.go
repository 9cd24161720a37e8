//go:build unix

package secretstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// kinds are the two keyrings of files, with the folder of each.
func (p *place) kinds() map[string]func() *Store {
	return map[string]func() *Store{p.folder: p.store, p.folder + "-plaintext": p.plain}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatAllMayWriteIsNoKeyring(t *testing.T) {
	for _, mode := range []os.FileMode{0o777, 0o702, 0o773 | os.ModeSticky} {
		p := newPlace(t)
		for dir, store := range p.kinds() {
			mustSet(t, store(), token, "hunter2")
			chmod(t, dir, mode)
			_, _, get := store().Get(t.Context(), token)
			_, set := store().Set(t.Context(), "brain.eu.token", secret.New("x"))
			_, list := store().List(t.Context())
			for what, err := range map[string]error{"get": get, "set": set, "list": list} {
				if err == nil || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "chmod go-w "+dir) {
					t.Errorf("%s in a folder of mode %v: got %v", what, mode, err)
				}
			}
			chmod(t, dir, 0o700)
			if got, _, err := store().Get(t.Context(), token); err != nil || got.Reveal() != "hunter2" {
				t.Errorf("mended: got %q, %v", got.Reveal(), err)
			}
		}
	}
}

func TestAFolderThatAGroupMayWriteIsToldOnce(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	chmod(t, p.folder, 0o770)
	s := p.store()
	for range 2 {
		if got, _, err := s.Get(t.Context(), token); err != nil || got.Reveal() != "hunter2" {
			t.Errorf("got %q, %v", got.Reveal(), err)
		}
	}
	if got := strings.Count(p.log.String(), "chmod g-w"); got != 1 || !strings.Contains(p.log.String(), p.folder) {
		t.Errorf("told %d times: %s", got, p.log.String())
	}
}

// A link leads a reader to where its maker wants it, and is replaced by what is stored in its place.
func TestALinkInTheKeyringIsNotFollowed(t *testing.T) {
	p := newPlace(t)
	for dir, store := range p.kinds() {
		mustSet(t, store(), token, "hunter2")
		elsewhere := filepath.Join(t.TempDir(), "theirs")
		if err := errors.Join(os.Rename(filepath.Join(dir, token), elsewhere), os.Symlink(elsewhere, filepath.Join(dir, token))); err != nil {
			t.Fatal(err)
		}
		got, _, err := store().Get(t.Context(), token)
		if err == nil || errors.Is(err, ErrNotFound) || !got.Empty() || !strings.Contains(err.Error(), filepath.Join(dir, token)+": is a link") {
			t.Errorf("got %q, %v", got.Reveal(), err)
		}
		before, _ := os.ReadFile(elsewhere)
		mustSet(t, store(), token, "newer")
		if got, _, err := store().Get(t.Context(), token); err != nil || got.Reveal() != "newer" {
			t.Errorf("replaced: got %q, %v", got.Reveal(), err)
		}
		if after, err := os.ReadFile(elsewhere); err != nil || string(after) != string(before) {
			t.Errorf("what the link led to was changed: %v", err)
		}
	}
}

func TestAnItemThatAllMayChangeIsNotUsed(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	chmod(t, filepath.Join(p.folder, token), 0o602)
	if got, _, err := p.store().Get(t.Context(), token); err == nil || !got.Empty() || !strings.Contains(err.Error(), "chmod 600 ") {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
}

func TestAFolderOfAnotherUserIsStrange(t *testing.T) {
	dir := t.TempDir()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	me := os.Geteuid()
	for user, want := range map[int]bool{0: false, me: false, me + 1: me != 0} { // what is root's is strange to nobody
		if got := strangeTo(info, user); got != want {
			t.Errorf("to user %d: %v, want %v", user, got, want)
		}
	}
}
