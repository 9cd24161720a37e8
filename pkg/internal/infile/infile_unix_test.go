//go:build unix

package infile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/internal/infile"
)

func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	for name, path := range map[string]string{"a pipe without a writer": pipe(t), "a folder": t.TempDir(), "a device": "/dev/zero"} {
		_, err := infile.Open(path)
		var at *fs.PathError
		if !errors.Is(err, infile.ErrIrregular) || !errors.As(err, &at) || at.Path != path {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := infile.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: got %v", err)
	}
	if _, err := infile.OpenPipe(t.TempDir()); !errors.Is(err, infile.ErrIrregular) {
		t.Errorf("a folder for a pipe: got %v", err)
	}
}

func TestAFileIsReadEitherWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string) (*os.File, error){infile.Open, infile.OpenPipe} {
		if got := read(t, path, open); got != "text" {
			t.Errorf("read %q", got)
		}
	}
}

func TestAPipeGivesWhatIsWrittenAndNothingWithoutAWriter(t *testing.T) {
	path := pipe(t)
	if got := read(t, path, infile.OpenPipe); got != "" {
		t.Errorf("nobody wrote %q", got)
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := infile.OpenPipe(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	_, wrote := writer.WriteString("text")
	if err := errors.Join(wrote, writer.Close()); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(reader); err != nil || string(text) != "text" {
		t.Errorf("read %q, %v", text, err)
	}
}

func read(t *testing.T, path string, open func(string) (*os.File, error)) string {
	t.Helper()
	f, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
