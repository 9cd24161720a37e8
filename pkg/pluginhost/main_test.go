package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/secret"
)

// The test binary is the plugin, and in the tests of a host's death the host too.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(wire.Handshake().MagicCookieKey) != "":
		blocker.Serve(odd())
	case os.Getenv("TEST_HOST_DIR") != "":
		beHost(os.Getenv("TEST_HOST_DIR"))
	default:
		// Or the race detector holds each plugin for a second when it ends.
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
		goleak.VerifyTestMain(m)
	}
}

type oddSettings struct {
	Mode  string        `toml:"mode" help:"How it behaves."`
	Dir   string        `toml:"dir" help:"Where it leaves marks."`
	Count int           `toml:"count" max:"10" help:"A number."`
	Key   secret.String `toml:"key" optional:"true" help:"A key."`
}

func (s oddSettings) Validate() []error {
	if s.Mode == "refused" {
		return []error{&blocker.FieldError{Path: "mode", Msg: "is refused"}}
	}
	return nil
}

// odd is a plugin that can behave badly in many ways.
func odd() blocker.Plugin[oddSettings] {
	return blocker.Plugin[oddSettings]{
		Name: "odd", Version: "1.2.3", Help: "Behaves badly.", Label: "Odd Client", Aliases: []string{"strange"},
		Kinds: []entity.Kind{entity.KindHost, entity.KindStatic},
		Open: func(_ context.Context, s oddSettings, i blocker.Instance) (blocker.Blocker, error) {
			if s.Mode == "unopened" {
				return nil, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("key %s is no good", s.Key.Reveal())}
			}
			if s.Mode == "short" {
				return blocker.Batch(short{}), nil
			}
			return &oddBlocker{s, i, atomic.Int32{}}, nil
		},
	}
}

type oddBlocker struct {
	oddSettings
	instance blocker.Instance
	busy     atomic.Int32
}

func (b *oddBlocker) Block(ctx context.Context, t entity.Target) (blocker.Receipt, error) {
	switch b.Mode {
	case "die":
		// Only the first of all processes dies.
		if f, err := os.OpenFile(filepath.Join(b.Dir, "died"), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = f.Close()
			os.Exit(3)
		}
	case "always die":
		println("lost in thought")
		os.Exit(3)
	case "panic":
		panic("with " + b.Key.Reveal())
	case "hang":
		<-ctx.Done()
		return blocker.Receipt{}, ctx.Err()
	case "deaf":
		select {}
	case "spawn":
		b.spawn()
		select {}
	case "key":
		bad := &blocker.Error{Class: blocker.Unauthorized, Device: "fw1", Err: errors.New("bad key " + b.Key.Reveal())}
		switch b.Key.Reveal() {
		case "locked out":
			bad.RetryAfter = time.Minute
			return blocker.Receipt{Elements: []string{"first"}}, bad
		case "stale key":
			return blocker.Receipt{Elements: []string{"first"}}, bad
		}
	case "log":
		b.instance.Log.Warn("hello", "secret", b.Key.Reveal(), "n", 7, slog.Group("g", "key", b.Key.Reveal()))
		b.instance.Log.Debug("quiet")
	case "busy":
		if int(b.busy.Add(1)) > b.instance.Parallel {
			return blocker.Receipt{}, errors.New("too many at once")
		}
		defer b.busy.Add(-1)
	case "pid":
		return blocker.Receipt{Elements: []string{strconv.Itoa(os.Getpid())}}, nil
	case "env":
		return blocker.Receipt{Elements: os.Environ()}, nil
	}
	return blocker.Receipt{Elements: []string{t.ID}}, nil
}

func (b *oddBlocker) Unblock(_ context.Context, _ entity.Target, r blocker.Receipt) error {
	if b.Mode == "panic" {
		panic("unblock")
	}
	if len(r.Elements) == 0 {
		return &blocker.Error{Class: blocker.Permanent, Err: errors.New("the receipt is lost")}
	}
	return nil
}

// short answers only the first of many.
type short struct{}

func (short) BlockAll(_ context.Context, ts []entity.Target) []blocker.Outcome {
	return []blocker.Outcome{{Receipt: blocker.Receipt{Elements: []string{ts[0].ID}}, Pending: true}}
}

func (short) UnblockAll(context.Context, []blocker.Release) []error { return []error{nil} }

// spawn starts two programs that hear no SIGTERM, one of them in a group and session of its own,
// and leaves their numbers and its own.
func (b *oddBlocker) spawn() {
	for i, prefix := range [][]string{nil, {"/usr/bin/setsid"}} {
		args := append(slices.Clone(prefix), "/bin/sh", "-c", `trap "" TERM HUP INT; echo $$ > "$0.new"; mv "$0.new" "$0"; while :; do sleep 1; done`,
			filepath.Join(b.Dir, fmt.Sprint("pid", i)))
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = []string{"PATH=/usr/bin:/bin"}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			panic(err)
		}
	}
	_ = os.WriteFile(filepath.Join(b.Dir, "pid2"), []byte(strconv.Itoa(os.Getpid())), 0o600)
	_ = os.WriteFile(filepath.Join(b.Dir, "pid3"), []byte(strconv.Itoa(os.Getppid())), 0o600)
}

// logged collects log lines.
type logged struct {
	strings.Builder
	lock chan struct{}
}

func newLogged() *logged { return &logged{lock: make(chan struct{}, 1)} }

func (l *logged) Write(p []byte) (int, error) {
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	return l.Builder.Write(p)
}

func (l *logged) text() string {
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	return l.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// pluginDir is a folder in which the test binary stands as the plugin "odd".
func pluginDir(t testing.TB) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "var-plugin-odd")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func newHost(t testing.TB, log *slog.Logger) *Host {
	t.Helper()
	h := New(Options{Dirs: []string{pluginDir(t)}, Log: log})
	t.Cleanup(h.Close)
	return h
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t testing.TB, log *slog.Logger, mode string, change ...func(*Config)) *Blocker {
	t.Helper()
	c := Config{Name: "edge", Plugin: "odd", Owner: "us", Parallel: 2, Settings: map[string]any{"mode": mode, "dir": t.TempDir()}}
	for _, f := range change {
		f(&c)
	}
	b, err := newHost(t, log).Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func targets(n int) []entity.Target {
	ts := make([]entity.Target, n)
	for i := range ts {
		ts[i] = entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: strconv.Itoa(i)}, Host: &entity.Host{IP: "192.0.2.1"}}
	}
	return ts
}

// eventually waits for something that other processes bring about.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	const long = time.Minute // however loaded the machine is
	deadline := time.Now().Add(long)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", long, what)
		}
		<-time.After(10 * time.Millisecond)
	}
}
