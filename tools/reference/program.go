package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// program is the var binary, run where nothing of this machine shows: not
// its home, its configuration, its terminal.
type program struct {
	path   string
	folder string
}

func newProgram(bin string) (program, error) {
	path, err := filepath.Abs(filepath.Join(bin, "var"))
	if err != nil {
		return program{}, err
	}
	folder, err := os.MkdirTemp("", "reference")
	return program{path: path, folder: folder}, err
}

func (p program) close() {
	_ = os.RemoveAll(p.folder)
}

// says runs var with args and gives its standard output.
func (p program) says(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Dir = p.folder
	cmd.Env = []string{"HOME=/nonexistent", "NO_COLOR=1", "LC_ALL=C", "TMPDIR=" + p.folder}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("var %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}
