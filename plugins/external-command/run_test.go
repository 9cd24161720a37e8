//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

func TestCommandsSeeACleanEnvironment(t *testing.T) {
	t.Setenv("VAR_SECRET_BRAIN_HQ_TOKEN", "hunter2")
	t.Setenv("HTTPS_PROXY", "http://proxy.example.net:3128")
	t.Setenv("HOME", "/home/somebody")
	s := both(entity.KindHost, script(t, `/usr/bin/env > "$OUT"; pwd >> "$OUT"`), nil)
	out := filepath.Join(t.TempDir(), "env")
	s.Env, s.PassEnv = map[string]string{"OUT": out, "ZONE": "dmz"}, []string{"HTTPS_PROXY", "NOT_SET"}
	mustBlock(t, opened(t, s), host("10.0.0.1"))
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(text))
	got = slices.DeleteFunc(got, func(line string) bool { // what the shell adds of itself
		return strings.HasPrefix(line, "PWD=") || strings.HasPrefix(line, "_=") || strings.HasPrefix(line, "SHLVL=") || strings.HasPrefix(line, "OLDPWD=")
	})
	slices.Sort(got)
	want := []string{"/", "HTTPS_PROXY=http://proxy.example.net:3128", "OUT=" + out, defaultPath, "ZONE=dmz"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatACommandSaysIsShortCleanAndWithoutItsEnvironment(t *testing.T) {
	s := both(entity.KindHost, script(t, `printf 'bad\033[31m\n\n  password %s ' "$API_PASS" >&2; head -c 100000 /dev/zero | tr '\0' x >&2; exit 1`), nil)
	s.Env = map[string]string{"API_PASS": "hunter2"}
	_, err := opened(t, s).Block(t.Context(), host("10.0.0.1"))
	if err == nil {
		t.Fatal("no error")
	}
	text := err.Error()
	if strings.Contains(text, "hunter2") || strings.ContainsAny(text, "\x1b\n") || len(text) > 400 || !strings.Contains(text, "password [redacted]") {
		t.Errorf("it says %q", text)
	}
}

// lifeline is a pipe with a name that processes hold open for as long as they live.
func lifeline(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lifeline")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// begun waits until a process has written a line into the lifeline; what it gives ends with that process.
func begun(t *testing.T, path string) *bufio.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	r := bufio.NewReader(f)
	if line, err := r.ReadString('\n'); err != nil || line != "begun\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	return r
}

func TestEndOfTheCallerEndsTheWholeGroup(t *testing.T) {
	const deaf = `sh -c 'trap "" TERM; exec 3> "$LIFE"; echo begun >&3; while :; do sleep 60; done' & wait`
	tests := map[string]string{
		"deaf grandchild":                deaf,
		"deaf command":                   `trap "" TERM; ` + deaf,
		"deaf grandchild without output": `exec >/dev/null 2>&1 </dev/null; ` + deaf,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			s := both(entity.KindHost, script(t, text), nil)
			s.Env = map[string]string{"LIFE": lifeline(t)}
			c := opened(t, s)
			ctx, cancel := context.WithCancelCause(t.Context())
			done := make(chan entity.Outcome)
			go func() {
				r, err := c.Block(ctx, host("10.0.0.1"))
				done <- entity.Outcome{Receipt: r, Err: err}
			}()
			life := begun(t, s.Env["LIFE"])
			cancel(errors.New("the pass is over"))
			got := <-done
			if blocker.ClassOf(got.Err) != entity.Unknown || !strings.Contains(got.Err.Error(), "was killed: the pass is over") {
				t.Errorf("got %v (%s)", got.Err, blocker.ClassOf(got.Err))
			}
			if !slices.Equal(got.Receipt.Elements, []string{"10.0.0.1"}) {
				t.Errorf("the receipt is %v; it may have been done", got.Receipt)
			}
			if _, err := io.Copy(io.Discard, life); err != nil { // ends when the last process has
				t.Error(err)
			}
		})
	}
}

func TestTimeoutEndsTheCommand(t *testing.T) {
	s := both(entity.KindHost, script(t, "exec sleep 600"), nil)
	s.Directory = "/"
	b, err := plugin.Open(t.Context(), s, blocker.Instance{Parallel: 1, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Block(t.Context(), host("10.0.0.1"))
	if blocker.ClassOf(err) != entity.Unknown || !strings.Contains(err.Error(), "not done within 100ms (timeout of the blocker)") || r.Empty() {
		t.Errorf("got %v, %v (%s)", r, err, blocker.ClassOf(err))
	}
}

func TestCommandEndedByASignalIsUnknown(t *testing.T) {
	r, err := opened(t, both(entity.KindHost, script(t, "kill -9 $$"), nil)).Block(t.Context(), host("10.0.0.1"))
	if blocker.ClassOf(err) != entity.Unknown || r.Empty() {
		t.Errorf("got %v, %v (%s)", r, err, blocker.ClassOf(err))
	}
}

func TestBackgroundProcessDoesNotHoldUpItsCommand(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	s := both(entity.KindHost, script(t, `sleep 600 & echo $! > "$OUT"; exit 0`), nil)
	s.Env = map[string]string{"OUT": out}
	mustBlock(t, opened(t, s), host("10.0.0.1"))
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Errorf("the background process %q is not there any more: %v", text, err)
	}
}
