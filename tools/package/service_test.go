//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The package is installed on a machine with a real systemd, which runs the service as its unit says, against the lab.
func TestThePackageRunsUnderSystemd(t *testing.T) {
	w := newWorld(t)
	b := newBox(t)
	b.putFile(debPackage(t), "/root/var.deb", "644", "root:root")

	b.run("dpkg", "--install", "/root/var.deb")
	if got := b.run("stat", "--format=%A %U:%G", "/etc/var", "/etc/var/credentials", "/var/lib/var"); got != "drwxr-x--- root:var\ndrwx------ root:root\ndrwx------ var:var\n" {
		t.Errorf("the folders are\n%s", got)
	}
	b.unconfigured()
	if out := b.run("systemd-analyze", "verify", "var.service", "var-once.service", "var-once.timer"); out != "" {
		t.Errorf("systemd-analyze verify:\n%s", out)
	}
	for _, unit := range []string{"var.service", "var-once.service"} { // 2.0 is the most that they may be exposed
		b.run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", "/usr/lib/systemd/system/"+unit)
	}

	w.into(b)
	b.run("systemctl", "start", "var.service")
	b.awaitProperty("var", "StatusText", "pass: block")
	b.confined()
	b.persons()
	b.reloads(w)
	b.watched()
	b.stops()
	b.once()
	b.run("dpkg", "--remove", "var")
	b.fails("systemctl", "is-active", "var.service")
	b.run("test", "-s", "/var/lib/var/var.db")
}

// unconfigured: nothing runs before somebody has configured it, and asking for it is no failure.
func (b *box) unconfigured() {
	b.t.Helper()
	for _, unit := range []string{"var.service", "var-once.timer"} {
		if enabled := strings.TrimSpace(b.fails("systemctl", "is-enabled", unit)); enabled != "disabled" {
			b.t.Errorf("%s is %s after the installation", unit, enabled)
		}
	}
	b.run("systemctl", "start", "var.service")
	if state := b.property("var", "ActiveState"); state != "inactive" {
		b.t.Errorf("without a configuration the service is %s", state)
	}
}

// persons: who has a shell gets a target out with the secrets of the service, and is told how it ended.
func (b *box) persons() {
	b.t.Helper()
	b.run("systemctl", "start", "dbus.service") // over which systemd-run waits
	released := b.run("env", "SUDO_USER=alice", "var-as-service", "release", "ws-fin-042", "--reason", "ticket 4711")
	if strings.Count(released, "\tdone\t") == 0 || strings.Contains(released, "failed") || !strings.Contains(released, "alice: ticket 4711") {
		b.t.Errorf("a person's release:\n%s", released)
	}
	b.fails("var-as-service", "why", "nobody-of-this-name")
}

// confined: the restrictions of the unit hold for the program and for its plugins.
func (b *box) confined() {
	b.t.Helper()
	processes := strings.Fields(b.run("cat", "/sys/fs/cgroup/system.slice/var.service/cgroup.procs"))
	if len(processes) < 4 {
		b.t.Errorf("the service has the processes %v, and no plugins for its blockers", processes)
	}
	for _, process := range processes {
		status := b.run("cat", "/proc/"+process+"/status")
		for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000", "CapEff:\t0000000000000000"} {
			if !strings.Contains(status, want) {
				b.t.Errorf("process %s has not %q", process, want)
			}
		}
		if owner := strings.TrimSpace(b.run("stat", "--format=%U", "/proc/"+process)); owner != "var" {
			b.t.Errorf("process %s runs as %s", process, owner)
		}
	}
	if log := b.log(); strings.Contains(log, "level=ERROR") {
		b.t.Errorf("under the restrictions of the unit something fails:\n%s", log)
	}
}

// reloads: a good configuration comes in force, a bad one is refused, and the service goes on.
func (b *box) reloads(w *world) {
	b.t.Helper()
	b.run("systemctl", "reload", "var.service")
	b.awaitProperty("var", "StatusText", "the configuration of now is in force")
	pid := b.property("var", "MainPID")
	b.put("/etc/var/config.toml", "640", "root:var", []byte("brain.hq = 7\n"))
	b.run("systemctl", "reload", "var.service")
	b.awaitProperty("var", "StatusText", "the reload was refused")
	if state := b.property("var", "ActiveState"); state != "active" || b.property("var", "MainPID") != pid {
		b.t.Errorf("after a reload that was refused the service is %s", state)
	}
	b.put("/etc/var/config.toml", "640", "root:var", w.config())
	b.run("systemctl", "reload", "var.service")
	b.awaitProperty("var", "StatusText", "the configuration of now is in force")
}

// watched: a service that lives is not ended by the watchdog, one that hangs is, and begins anew. A machine that stands
// still for two seconds is a hang too, so nothing here counts how often it was begun.
func (b *box) watched() {
	b.t.Helper()
	b.watchdog("2s")
	b.run("systemctl", "restart", "var.service")
	before := b.property("var", "WatchdogTimestampMonotonic")
	b.await("a beat", func() bool { return b.property("var", "WatchdogTimestampMonotonic") != before })
	var pid string
	b.await("a process that stands still", func() bool {
		pid = b.property("var", "MainPID")
		return pid != "0" && b.quiet("kill", "-STOP", pid) == nil
	})
	b.await("another process", func() bool {
		now := b.property("var", "MainPID")
		return now != pid && now != "0" && b.property("var", "NRestarts") != "0"
	})
	b.watchdog("5min")
	b.awaitProperty("var", "StatusText", "pass: ")
	if state := b.property("var", "ActiveState"); state != "active" {
		b.t.Errorf("the other process is %s", state)
	}
}

// watchdog is how long the service may be silent from now on.
func (b *box) watchdog(patience string) {
	b.t.Helper()
	b.put("/run/systemd/system/var.service.d/watchdog.conf", "644", "root:root", []byte("[Service]\nWatchdogSec="+patience+"\nRestartSec=0\n"))
	b.run("systemctl", "daemon-reload")
}

// stops: the end is told and clean, and what is blocked stays blocked.
func (b *box) stops() {
	b.t.Helper()
	b.run("systemctl", "stop", "var.service")
	if result := b.property("var", "Result"); result != "success" {
		b.t.Errorf("the service ended with %s", result)
	}
}

// once: the pass of a timer finds nothing to do any more, and panic works under the same restrictions.
func (b *box) once() {
	b.t.Helper()
	b.run("systemctl", "start", "var-once.service")
	b.put("/run/systemd/system/var-once.service.d/panic.conf", "644", "root:root",
		[]byte("[Service]\nExecStart=\nExecStart=/usr/bin/var panic --yes --reason test --config /etc/var/config.toml\n"))
	b.run("systemctl", "daemon-reload")
	b.run("systemctl", "start", "var-once.service")
	b.put("/run/systemd/system/var-once.service.d/panic.conf", "644", "root:root",
		[]byte("[Service]\nExecStart=\nExecStart=/usr/bin/var status --output json --config /etc/var/config.toml\n"))
	b.run("systemctl", "daemon-reload")
	b.run("systemctl", "start", "var-once.service")
	if log := b.log(); !strings.Contains(log, `"what": "panic"`) && !strings.Contains(log, `"what":"panic"`) {
		b.t.Error("the panic is not in the status")
	}
}

// debPackage is that of the programs that make built.
func debPackage(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	path, err := makeDeb(built(t), out)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
