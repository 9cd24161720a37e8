// Package blockertest is the exam that every plugin passes: the contract of
// package blocker, asked over the real wire of the plugin in a process of its own.
//
//	func TestMain(m *testing.M) { blockertest.Main(m, plugin()) }
//
//	func TestContract(t *testing.T) {
//		fw := newFakeFirewall(t)
//		blockertest.Run(t, plugin(), blockertest.Config{Settings: fw.settings(), Held: fw.held})
//	}
package blockertest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
)

// Config says how to open the plugin and how to play with the devices behind its back. Hooks that
// are nil leave out the checks that need them; each of those says so.
type Config struct {
	// Settings and Secrets (by names relative to the blocker) are as in a configuration.
	Settings map[string]any
	Secrets  map[string]string
	// Target makes the n-th of many different targets of a kind. Nil is the function Target.
	Target func(kind entity.Kind, n int) entity.Target
	// Held reads what is in force, past the plugin: elements by device, a
	// device that holds nothing included. Nil asks the plugin's own list.
	Held func() map[string][]string
	// Break makes one device of several fail, and no other, until mended.
	Break func() (mend func())
	// Slow keeps the devices from answering until mended.
	Slow func() (mend func())
	// Deny has the devices refuse the credentials until mended.
	Deny func() (mend func())
	// Foreign puts entries of somebody else beside the plugin's; intact tells whether they still are as
	// they were.
	Foreign func() (intact func() error)
}

// owner marks what the exam puts on devices.
const owner = "exam"

const (
	// limit bounds each call of the exam.
	limit = time.Minute
	// timeout is that of one request to a device.
	timeout = 20 * time.Second
)

// Main runs the tests of a package, or its plugin when the exam has started the test binary as one.
// It is all that TestMain calls.
func Main[S any](m *testing.M, p blocker.Plugin[S]) {
	if os.Getenv("VAR_PLUGIN_COOKIE") != "" {
		blocker.Serve(p)
		return
	}
	hurry()
	m.Run()
}

// hurry keeps the race detector from holding each plugin, and its guard, for a second when it ends. What this
// process says of races stays as it is: it has read the variable already.
func hurry() { _ = os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")) }

// Run examines the plugin. The test binary must call Main.
func Run[S any](t *testing.T, p blocker.Plugin[S], c Config) {
	t.Helper()
	if c.Target == nil {
		c.Target = Target
	}
	x := &exam{Config: c, plugin: p.Name, log: &journal{}}
	x.host = pluginhost.New(pluginhost.Options{
		Dirs: []string{stage(t, p.Name)},
		Log:  slog.New(slog.NewJSONHandler(x.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	t.Cleanup(x.host.Close)
	t.Run("description", x.description)
	b := x.open(t)
	x.kinds = b.Info().Kinds
	b.Close()
	for _, check := range x.checks() {
		t.Run(check.name, check.run)
	}
}

type check struct {
	name string
	run  func(*testing.T)
}

func (x *exam) checks() []check {
	return []check{
		{"block", x.block},
		{"idempotence", x.idempotence},
		{"elements", x.elements},
		{"receipt_partial", x.partialReceipt},
		{"receipt_empty", x.emptyReceipt},
		{"receipt_orphan", x.orphan},
		{"restart", x.restart},
		{"thousand", x.thousand},
		{"ipv6", x.ipv6},
		{"long_names", x.longNames},
		{"bare_targets", x.bareTargets},
		{"cancelled", x.cancelled},
		{"deadline", x.deadline},
		{"one_device_fails", x.oneDeviceFails},
		{"unauthorized", x.unauthorized},
		{"opens_alone", x.opensAlone},
		{"place", x.place},
		{"list", x.list},
		{"list_forms", x.listForms},
		{"list_identity", x.listIdentity},
		{"list_unreadable", x.unreadable},
		{"probe", x.probe},
		{"foreign", x.foreign},
		{"secrets", x.secrets},
	}
}

// stage is a folder in which this test binary stands as the plugin.
func stage(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "var-plugin-"+name)); err != nil {
		t.Fatal(err)
	}
	return dir
}

type exam struct {
	Config
	plugin string
	kinds  []entity.Kind
	host   *pluginhost.Host
	log    *journal
}

// open opens the plugin in a process of its own, which ends with t.
func (x *exam) open(t *testing.T) *pluginhost.Blocker {
	t.Helper()
	b, err := x.host.Open(x.context(t), x.opening())
	if err != nil {
		x.log.note(err)
		t.Fatalf("the plugin cannot be opened with the settings of the exam: %v", err)
	}
	t.Cleanup(b.Close)
	return b
}

// opening is how the exam configures the blocker.
func (x *exam) opening() pluginhost.Config {
	return pluginhost.Config{
		Name: "exam", Plugin: x.plugin, Owner: owner, Settings: x.Settings, Parallel: 4, Timeout: timeout,
		Secrets: pluginhost.Fixed(x.Secrets),
	}
}

func (x *exam) context(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	t.Cleanup(cancel)
	return ctx
}

// kind is the one that checks use which need only one.
func (x *exam) kind(t *testing.T) entity.Kind {
	t.Helper()
	if len(x.kinds) == 0 {
		t.Fatal("with these settings the plugin says that it can block no kind")
	}
	return x.kinds[0]
}

// journal collects what was logged and every error that was seen.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a log line.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) note(err error) {
	if err != nil {
		_, _ = j.Write([]byte(err.Error() + "\n"))
	}
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
