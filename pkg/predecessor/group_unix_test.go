//go:build unix

package predecessor

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// line makes a pipe that a process holds as long as it lives: reading ends when nobody does any more.
func line(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "line")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A grandchild is what a wrapper script starts, or what a keyring starts to ask for a pass phrase. It goes with the
// question, however that ends.
func TestNothingOfTheKeyringOutlivesTheQuestion(t *testing.T) {
	for name, after := range map[string]string{"interrupted": "echo begun >&9; wait", "answered": "echo begun >&9; exit 1"} {
		t.Run(name, func(t *testing.T) {
			path := line(t)
			k := Keyring{Program: program(t, `exec 9>"`+path+`"; sleep 600 >/dev/null 2>&1 & `+after)}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			asked := make(chan error, 1)
			go func() {
				_, err := k.Get(ctx, "Fortinet", "x")
				asked <- err
			}()
			begun, err := os.Open(path) // opens once the program has
			if err != nil {
				t.Fatal(err)
			}
			defer begun.Close()
			if _, err := begun.Read(make([]byte, 16)); err != nil {
				t.Fatal(err)
			}
			stopped := errors.New("stopped")
			if name == "interrupted" {
				cancel(stopped)
			}
			if err := begun.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if _, err := begun.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("somebody could still write: %v", err)
			}
			if err := <-asked; name == "interrupted" && !errors.Is(err, stopped) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACommandThatSomebodyInterruptsIsNotTakenForOneWithoutAnAnswer(t *testing.T) {
	for _, end := range []string{"kill -INT $$", "exit 130"} {
		if _, err := (Keyring{Program: program(t, end)}).Get(t.Context(), "Fortinet", "x"); !errors.Is(err, ErrInterrupted) {
			t.Errorf("%s: got %v", end, err)
		}
	}
}
