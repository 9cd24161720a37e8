//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built is the release of what make built; VAR_TEST_BUILT is another place for it.
func built(t *testing.T) release {
	t.Helper()
	root := filepath.Join("..", "..")
	folder := os.Getenv("VAR_TEST_BUILT")
	if folder == "" {
		folder = root
	}
	r := release{
		root: root, bin: filepath.Join(folder, "bin"), man: filepath.Join(folder, "build", "man"),
		completions: filepath.Join(folder, "build", "completions"), version: "v1.2.3", commit: strings.Repeat("a", 40),
		date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), arch: "amd64", loose: true,
	}
	if _, err := os.Stat(filepath.Join(r.bin, "var")); err != nil {
		t.Fatalf("%v: make build man first", err)
	}
	return r
}

// world is the lab's, served on this machine.
type world struct {
	t      *testing.T
	folder string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir()}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, filepath.Join(built(t).bin, "var"), "lab", "up", "--dir", w.folder)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it is told to end
	})
	if !eventually(time.Minute, func() bool { _, err := os.Stat(filepath.Join(w.folder, "lab.json")); return err == nil }) {
		t.Fatal("the lab does not serve")
	}
	return w
}

// config is that of the lab, as an administrator would put it into /etc/var.
func (w *world) config() []byte {
	text := string(readFile(w.t, filepath.Join(w.folder, "config.toml")))
	text = strings.ReplaceAll(text, w.folder+"/var.db", "/var/lib/var/var.db")
	return []byte(strings.ReplaceAll(text, w.folder, "/etc/var"))
}

// into puts the configuration and the secrets where the service looks for them.
func (w *world) into(b *box) {
	w.t.Helper()
	b.put("/etc/var/config.toml", "640", "root:var", w.config())
	b.putFile(filepath.Join(w.folder, "ca.pem"), "/etc/var/ca.pem", "644", "root:root")
	b.putFile(filepath.Join(w.folder, "destinations.txt"), "/etc/var/destinations.txt", "644", "root:root")
	for _, path := range names(w.t, filepath.Join(w.folder, "credentials")) {
		b.put("/etc/var/credentials/"+filepath.Base(path), "400", "root:root", bytes.TrimSpace(readFile(w.t, path)))
	}
}
