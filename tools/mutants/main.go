// Command mutants breaks lines of the program on purpose, one at a time, and wants
// the tests to notice each. The tree itself is never changed: the go command
// is told to read the broken file from elsewhere.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// mutant is one broken line.
type mutant struct {
	// file is relative to the top of the tree; old stands there exactly once and becomes new.
	file, old, new string
	// tests are the packages whose tests must notice.
	tests string
	// what says in words what is broken.
	what string
}

// verdict is how the tests took a mutant.
type verdict string

const (
	caught   verdict = "caught"
	survived verdict = "SURVIVED"
	invalid  verdict = "INVALID"
)

func main() {
	only := flag.String("only", "", "break only where the file's path contains this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *only); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1) //nolint:gocritic // the signal handler goes with the process
	}
}

func run(ctx context.Context, out io.Writer, only string) error {
	top, err := exec.CommandContext(ctx, "git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		return fmt.Errorf("find the top of the tree: %w", err)
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	counts := map[verdict]int{}
	for i, m := range mutants() {
		if !strings.Contains(m.file, only) {
			continue
		}
		v, detail := try(ctx, strings.TrimSpace(string(top)), dir, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		counts[v]++
		fmt.Fprintf(out, "%2d %-8s %s: %s%s\n", i+1, v, m.file, m.what, detail)
	}
	fmt.Fprintf(out, "%d caught, %d survived, %d invalid\n", counts[caught], counts[survived], counts[invalid])
	if counts[survived]+counts[invalid] > 0 {
		return errors.New("every mutant must be caught")
	}
	return nil
}

// try runs the tests with one line broken.
func try(ctx context.Context, top, dir string, m mutant) (v verdict, detail string) {
	overlay, err := broken(top, dir, m)
	if err != nil {
		return invalid, ": " + err.Error()
	}
	args := append([]string{"test", "-short", "-overlay", overlay, "-failfast", "-timeout", "5m"}, strings.Fields(m.tests)...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = top
	text, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return survived, ""
	case strings.Contains(string(text), "[build failed]") || strings.Contains(string(text), "[setup failed]"):
		return invalid, ": it does not build:\n" + string(text)
	}
	return caught, ""
}

// broken writes the broken file and the overlay that puts it in the place of the real one.
func broken(top, dir string, m mutant) (overlay string, err error) {
	path := filepath.Join(top, m.file)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return "", fmt.Errorf("the line to break stands there %d times: %q", n, m.old)
	}
	file := filepath.Join(dir, "broken.go")
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600); err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: file}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}
