//go:build unix

package config

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/internal/infile"
)

// Opening a pipe that nobody writes into would hold up every pass, and no signal would end that.
func TestAPipeInPlaceOfAFileIsAnErrorAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if cfg, problems := Load(path); cfg != nil || len(problems) != 1 || problems[0].Text != "cannot be read: is no regular file" {
		t.Errorf("load: %v, %v", cfg, problems)
	}
	_, opening := OpenDocument(path)
	_, reading := ReadStatic(path, nil)
	for what, err := range map[string]error{"document": opening, "static list": reading} {
		if !errors.Is(err, infile.ErrIrregular) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
