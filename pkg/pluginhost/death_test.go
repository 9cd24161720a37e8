//go:build linux

package pluginhost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// beHost opens a blocker whose call never ends, and waits until it is killed or told to end.
func beHost(dir string) {
	h := New(Options{Dirs: []string{os.Getenv("TEST_PLUGIN_DIR")}, Log: quiet()})
	b, err := h.Open(context.Background(), Config{Name: "edge", Plugin: "odd", Settings: map[string]any{"mode": "spawn", "dir": dir}})
	if err != nil {
		panic(err)
	}
	go b.Block(context.Background(), targets(1))
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

type brood struct {
	host  *exec.Cmd
	leash io.Closer
	tmp   string
	pids  []int
}

func pidFile(dir string, n int) (int, bool) {
	text, err := os.ReadFile(filepath.Join(dir, "pid"+strconv.Itoa(n)))
	pid, bad := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid, err == nil && bad == nil
}

// hatch starts a host with a plugin in the middle of a call, with two grandchildren.
func hatch(t *testing.T) *brood {
	t.Helper()
	dir, tmp := t.TempDir(), t.TempDir()
	if short, err := os.MkdirTemp("", "b"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(short) })
		tmp = short
	}
	b := &brood{host: exec.Command(os.Args[0]), tmp: tmp}
	b.host.Env = append(os.Environ(), "TEST_HOST_DIR="+dir, "TEST_PLUGIN_DIR="+pluginDir(t), "TMPDIR="+tmp)
	var err error
	if b.leash, err = b.host.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := b.host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.reap() })
	eventually(t, "the plugin is in its call", func() bool {
		b.pids = nil
		for n := range 4 {
			if pid, ok := pidFile(dir, n); ok {
				b.pids = append(b.pids, pid)
			}
		}
		return len(b.pids) == 4
	})
	if len(b.sockets(t)) == 0 {
		t.Fatal("there is no socket to begin with")
	}
	return b
}

func (b *brood) reap() {
	_ = b.host.Process.Kill()
	_ = b.host.Wait()
	for _, pid := range b.left() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// left are the plugin, its guard and its grandchildren that still live.
func (b *brood) left() []int {
	var alive []int
	for _, pid := range b.pids {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err == nil && !strings.Contains(string(text), ") Z ") {
			alive = append(alive, pid)
		}
	}
	return alive
}

func (b *brood) sockets(t *testing.T) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(b.tmp, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func (b *brood) nothingLeft(t *testing.T) {
	t.Helper()
	eventually(t, "no process and no socket is left", func() bool {
		return len(b.left()) == 0 && len(b.sockets(t)) == 0
	})
}

func TestNothingOutlivesTheHost(t *testing.T) {
	const plugin, guard = 2, 3
	signal := func(s syscall.Signal, which ...int) func(*brood) {
		return func(b *brood) {
			for _, i := range which {
				_ = syscall.Kill(b.pids[i], s)
			}
		}
	}
	kill := func(b *brood) { _ = b.host.Process.Kill() }
	for name, steps := range map[string][]func(*brood){
		"killed":                              {kill},
		"ended without closing":               {func(b *brood) { _ = b.leash.Close() }},
		"killed, its plugin stopped":          {signal(syscall.SIGSTOP, plugin), kill},
		"killed, plugin and guard stopped":    {signal(syscall.SIGSTOP, 0, 1, plugin, guard), kill},
		"killed, its plugin crashed":          {signal(syscall.SIGKILL, plugin), kill},
		"alive, but the plugin crashed":       {signal(syscall.SIGKILL, plugin)},
		"terminated with its service's group": {signal(syscall.SIGTERM, 0, 1, plugin, guard), kill},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := hatch(t)
			for _, step := range steps {
				step(b)
			}
			b.nothingLeft(t)
		})
	}
}

func TestAKilledGuardLeavesOnlyWhatMovedAway(t *testing.T) {
	b := hatch(t)
	_ = syscall.Kill(b.pids[3], syscall.SIGKILL)
	eventually(t, "plugin and its group are gone", func() bool {
		// pids[1] made a session of its own, which only the guard could have found.
		return len(b.sockets(t)) == 0 && (len(b.left()) == 0 || (len(b.left()) == 1 && b.left()[0] == b.pids[1]))
	})
}

// stop stops a process and waits until it stands still: the signal takes its time.
func stop(t *testing.T, pid int) {
	t.Helper()
	_ = syscall.Kill(pid, syscall.SIGSTOP)
	eventually(t, "the process stands still", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err == nil && bytes.Contains(stat, []byte(") T "))
	})
}

func TestAPluginThatHangsIsReplaced(t *testing.T) {
	b := open(t, quiet(), "pid")
	first := b.Block(t.Context(), targets(1))[0].Receipt.Elements[0]
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, pid)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if o := b.Block(ctx, targets(1))[0]; entity.ClassOf(o.Err) != entity.Unknown || !errors.Is(o.Err, context.DeadlineExceeded) {
		t.Errorf("the call ended with %v, want unknown: not in time", o.Err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Error("the call was held up until it was known that the plugin hangs")
	}
	short, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer done()
	if o := b.Block(short, targets(1))[0]; entity.ClassOf(o.Err) != entity.Transient || !errors.Is(o.Err, context.DeadlineExceeded) {
		t.Errorf("a call meanwhile ended with %v, want transient: it was not begun", o.Err)
	}
	if o := b.Block(t.Context(), targets(1))[0]; o.Err != nil || o.Receipt.Elements[0] == first {
		t.Errorf("the next call: %+v, want another process", o)
	}
	if err := syscall.Kill(pid, 0); err == nil {
		t.Error("the hanging process lives on")
	}
}

// A caller that sets no deadline must not wait for ever for a plugin that is stopped.
func TestAPluginThatHangsDoesNotHoldUpAPass(t *testing.T) {
	b := open(t, quiet(), "pid", func(c *Config) { c.Timeout = 200 * time.Millisecond })
	first := b.Block(t.Context(), targets(1))[0].Receipt.Elements[0]
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, pid)
	if o := b.Block(t.Context(), targets(1))[0]; entity.ClassOf(o.Err) != entity.Unknown || !strings.Contains(o.Err.Error(), "hangs") {
		t.Errorf("the call ended with %v, want unknown: it hangs", o.Err)
	}
	if o := b.Block(t.Context(), targets(1))[0]; o.Err != nil || o.Receipt.Elements[0] == first {
		t.Errorf("the next call: %+v, want another process", o)
	}
}

func TestACallThatNeverEndsIsGivenUp(t *testing.T) {
	b := open(t, quiet(), "deaf", func(c *Config) { c.Timeout = 10 * time.Millisecond })
	if o := b.Block(t.Context(), targets(1))[0]; entity.ClassOf(o.Err) != entity.Unknown || !errors.Is(o.Err, context.DeadlineExceeded) {
		t.Errorf("the call ended with %v, want unknown: not in time", o.Err)
	}
}

func TestClosingEndsADeafPlugin(t *testing.T) {
	dir := t.TempDir()
	b := open(t, quiet(), "spawn", func(c *Config) { c.Settings["dir"] = dir })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan []entity.Outcome)
	go func() { ended <- b.Block(ctx, targets(1)) }()
	all := &brood{}
	eventually(t, "the plugin is in its call", func() bool {
		pid, ok := pidFile(dir, 3)
		all.pids = []int{pid}
		return ok
	})
	cancel()
	if o := <-ended; entity.ClassOf(o[0].Err) != entity.Unknown {
		t.Errorf("a cancelled call ended with %v, want unknown", o[0].Err)
	}
	plugin, _ := pidFile(dir, 2)
	_ = syscall.Kill(plugin, syscall.SIGSTOP)
	b.Close()
	if left := all.left(); len(left) != 0 {
		t.Errorf("the guard lives on: %v", left)
	}
}

// In a panic the file may be gone: the call must fail at once, and be told from one that may have had its effect.
func TestAPluginWhoseFileIsGoneFailsAtOnce(t *testing.T) {
	b := open(t, quiet(), "pid")
	if err := os.Remove(b.program.path); err != nil {
		t.Fatal(err)
	}
	b.current.process.end()
	for range 2 {
		o := b.Block(t.Context(), targets(1))[0]
		if entity.ClassOf(o.Err) != entity.Transient || !strings.Contains(o.Err.Error(), "start the plugin again") {
			t.Errorf("the call ended with %v, want transient", o.Err)
		}
	}
	if _, err := b.host.Open(t.Context(), b.config); err == nil {
		t.Error("a plugin without a file was opened")
	}
}
