package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// terminal is a real one, which tmux keeps: a person's keys go in, and what the person would see comes out.
type terminal struct {
	*testing.T
	socket string
	// kind is what the terminal says that it is.
	kind string
	env  []string
	// seen is the screen that was waited for last, of the program that runs now.
	seen string
}

// wide is how many columns a terminal has: no line of a question is broken, so that texts are found.
const wide = "300"

// newTerminal opens a terminal of this kind, in which programs find this environment and nothing else. It is closed
// with the test.
func newTerminal(t *testing.T, kind string, env ...string) *terminal {
	t.Helper()
	dir, err := os.MkdirTemp("", "var-tty-") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "tmux.conf")
	text := fmt.Sprintf("set -g remain-on-exit on\nset -g history-limit 20000\nset -g status off\nset -g default-terminal %s\nset -s escape-time 0\n", kind)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	term := &terminal{T: t, socket: filepath.Join(dir, "s"), kind: kind, env: env}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() // a server that is gone is fine
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	cmd := exec.CommandContext(t.Context(), "tmux", "-S", term.socket, "-f", settings, "new-session", "-d", "-x", wide, "-y", "60", "cat")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + dir}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	return term
}

func (t *terminal) tmux(args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "tmux", append([]string{"-S", t.socket}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// run starts a program in the place of the one before, on an empty screen. When it ends, the terminal tells how, and what
// state it was left in, and stays: of a pane that dies the last lines may never be shown.
func (t *terminal) run(program string, args ...string) {
	t.Helper()
	t.seen = ""
	words := append([]string{"clear-history", ";", "respawn-pane", "-k", "env", "-i", "LANG=C.UTF-8", "TERM=" + t.kind}, t.env...)
	const script = `trap : INT; "$@"; echo "ended with $?; $(stty -a | grep -oE -e '-?(echo|icanon|isig) ' | tr -d '\n')so be it"; trap '' INT; exec cat >/dev/null`
	words = append(append(words, "sh", "-c", script, "sh", program), args...)
	t.tmux(words...)
}

// screen is everything that was shown, what has gone off the top included.
func (t *terminal) screen() string { return t.tmux("capture-pane", "-p", "-J", "-S", "-") }

// wait waits until the screen is as it should be.
func (t *terminal) wait(what string, is func(screen string) bool) string {
	t.Helper()
	if !within(patience, func() bool {
		t.seen = t.screen()
		return is(t.seen)
	}) {
		t.Fatalf("never on the screen: %s; there is\n%s", what, t.seen)
	}
	return t.seen
}

// see waits for a text.
func (t *terminal) see(text string) string {
	t.Helper()
	return t.wait(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// write types a text, press single keys by their names in tmux.
func (t *terminal) write(text string) {
	t.Helper()
	if text != "" {
		t.tmux("send-keys", "-l", "--", text)
	}
}

func (t *terminal) press(keys ...string) {
	t.Helper()
	if len(keys) > 0 {
		t.tmux(append([]string{"send-keys"}, keys...)...)
	}
}

// end waits for the end of the program and wants this exit code, and a terminal that a shell can be used in.
func (t *terminal) end(code int) string {
	t.Helper()
	screen := t.see("so be it") // of a line that is long the beginning may be seen first
	if want := fmt.Sprintf("ended with %d; isig icanon echo so be it", code); !strings.Contains(screen, want) {
		t.Errorf("want %q in\n%s", want, screen)
	}
	return screen
}
