//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// box is a machine of its own, with a systemd that runs as its first process: namespaces over a copy of this machine's files. It
// shares the network, so that it reaches the lab.
type box struct {
	t    *testing.T
	init string
	// systemd is what it says itself; it is whole when ended is closed.
	systemd bytes.Buffer
	ended   chan struct{}
}

// newBox boots one. It takes root, with the right to make namespaces and to mount an overlay, and cgroups of version 2.
func newBox(t *testing.T) *box {
	t.Helper()
	mayBoot(t)
	group := newGroup(t)
	b := &box{t: t, ended: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "sh", "-c",
		`echo $$ >"$1/cgroup.procs" && exec unshare --mount --pid --fork --uts --ipc --cgroup --kill-child sh testdata/boot.sh "$2"`,
		"sh", group, t.TempDir())
	cmd.Stdout, cmd.Stderr = &b.systemd, &b.systemd
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(b.ended)
		_ = cmd.Wait() // it is killed
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the services wrote:\n%s", b.log())
		}
		stop()
		<-b.ended
		if t.Failed() {
			t.Logf("systemd wrote:\n%s", &b.systemd)
		}
	})
	b.await("systemd", func() bool { return b.first(cmd.Process.Pid) && b.quiet("systemctl", "is-active", "box.target") == nil })
	return b
}

// mayBoot says what a machine lacks that no box can do without.
func mayBoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("a systemd of its own takes root: run this test as root, or leave it out with -short")
	}
	for _, program := range []string{"unshare", "nsenter", "findmnt", "dpkg", "systemctl", "/lib/systemd/systemd"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("a systemd of its own takes %s: %v", program, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "true").CombinedOutput(); err != nil {
		t.Fatalf("the kernel refuses namespaces, and a container has to grant them (CAP_SYS_ADMIN, no seccomp filter): %v\n%s", err, out)
	}
}

// newGroup makes a cgroup for a box, which is gone after the test.
func newGroup(t *testing.T) string {
	t.Helper()
	mounts, err := exec.CommandContext(t.Context(), "findmnt", "--noheadings", "--output=TARGET", "--types=cgroup2").Output()
	if err != nil {
		t.Fatalf("no cgroups of version 2 are mounted: %v", err)
	}
	group, err := os.MkdirTemp(strings.Fields(string(mounts))[0], "var-test-")
	if err != nil {
		t.Fatalf("cgroups must be writable: %v", err)
	}
	t.Cleanup(func() {
		left := exec.Command("find", group, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+")
		if !eventually(10*time.Second, func() bool { return exec.Command(left.Args[0], left.Args[1:]...).Run() == nil }) {
			t.Errorf("the cgroup %s is left behind", group)
		}
	})
	return group
}

// first finds the first process of the box, the child of the one that made its namespaces.
func (b *box) first(parent int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	b.init = strings.TrimSpace(string(text))
	return err == nil && b.init != ""
}

// command is one that runs in the box.
func (b *box) command(args ...string) *exec.Cmd {
	return exec.CommandContext(context.Background(), "nsenter",
		append([]string{"--target", b.init, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd", "--"}, args...)...)
}

func (b *box) quiet(args ...string) error { return b.command(args...).Run() }

// run runs a command in the box and gives what it says.
func (b *box) run(args ...string) string {
	b.t.Helper()
	out, err := b.command(args...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fails runs a command that has to fail.
func (b *box) fails(args ...string) string {
	b.t.Helper()
	out, err := b.command(args...).CombinedOutput()
	if err == nil {
		b.t.Fatalf("%s: it succeeded\n%s", strings.Join(args, " "), out)
	}
	return string(out)
}

// put copies a file into the box.
func (b *box) put(path, mode, owner string, content []byte) {
	b.t.Helper()
	cmd := b.command("sh", "-c", `mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1" && chown "$3" "$1"`, "sh", path, mode, owner)
	cmd.Stdin = bytes.NewReader(content)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("put %s: %v\n%s", path, err, out)
	}
}

func (b *box) putFile(source, path, mode, owner string) {
	b.t.Helper()
	content, err := os.ReadFile(source)
	if err != nil {
		b.t.Fatal(err)
	}
	b.put(path, mode, owner, content)
}

// property is one of a unit.
func (b *box) property(unit, name string) string {
	b.t.Helper()
	return strings.TrimSpace(b.run("systemctl", "show", "--value", "--property="+name, unit))
}

// await waits until something is so.
func (b *box) await(what string, so func() bool) {
	b.t.Helper()
	over := false
	came := eventually(time.Minute, func() bool {
		select {
		case <-b.ended:
			over = true
		default:
		}
		return over || so()
	})
	if over {
		b.t.Fatalf("the box ended before it came to this: %s", what)
	}
	if !came {
		b.t.Fatalf("it did not come to this: %s", what)
	}
}

func (b *box) awaitProperty(unit, name, want string) {
	b.t.Helper()
	b.await(name+" of "+unit+" with "+want, func() bool { return strings.Contains(b.property(unit, name), want) })
}

// log is what the services wrote.
func (b *box) log() string {
	out, _ := b.command("sh", "-c", "cat /var/log/services; systemctl status --no-pager --lines=0 var.service var-once.service").Output() // as far as they are there
	return string(out)
}

// eventually looks again and again until something is so, and reports whether it came to that in time.
func eventually(limit time.Duration, so func() bool) bool {
	end := time.NewTimer(limit)
	defer end.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if so() {
			return true
		}
		select {
		case <-again.C:
		case <-end.C:
			return so()
		}
	}
}
