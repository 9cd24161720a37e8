package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// town is a world to be set up for. Several sites may share it as long as none changes it.
type town struct {
	world *lab.World
	about lab.Description
}

func newTown(t *testing.T) *town {
	t.Helper()
	place := t.TempDir()
	w, err := lab.Up(place, lab.UpOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	raw, err := os.ReadFile(filepath.Join(place, lab.DescriptionFile))
	if err != nil {
		t.Fatal(err)
	}
	known := &town{world: w}
	if err := json.Unmarshal(raw, &known.about); err != nil {
		t.Fatal(err)
	}
	return known
}

// site is where a configuration is made: a folder for it, and a keyring of its own.
type site struct {
	*testing.T
	*town
	// dir is where the configuration is, ring where the keyring is, bin where the program is.
	dir, ring, bin string
}

func newSite(t *testing.T, known *town) *site {
	t.Helper()
	return &site{T: t, town: known, bin: programs(t), dir: t.TempDir(), ring: filepath.Join(t.TempDir(), "ring")}
}

// env is the environment of whoever works here.
func (s *site) env() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "VAR_KEYRING_PASSPHRASE=open sesame", "VAR_KEYRING_DIR=" + s.ring,
	}
}

func (s *site) file() string { return filepath.Join(s.dir, "config.toml") }

// var runs the program, without a terminal.
func (s *site) command(args ...string) ended {
	s.Helper()
	return start(s.T, s.env(), filepath.Join(s.bin, "var"), append(args, "--config", s.file())...).wait(s.T)
}

// photographOf is what a folder holds, byte for byte.
func (s *site) photographOf(dir string) string {
	var picture bytes.Buffer
	_ = listFolder(&picture, dir) // a folder that is not there is told in the picture
	return picture.String()
}

// photograph is everything that the configuration's folder and the keyring hold, byte for byte.
func (s *site) photograph() string {
	return s.photographOf(s.dir) + s.photographOf(s.ring)
}

func (s *site) read(file string) string {
	s.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

// change has an end of the world changed.
func (s *site) change(end, op, args string) {
	s.Helper()
	if err := s.world.End(end).Simulator().Change(op, json.RawMessage(args)); err != nil {
		s.Fatal(err)
	}
}

// config writes a configuration and keeps the secrets of the world that are named in the keyring.
func (s *site) config(text string, secrets ...string) {
	s.Helper()
	if err := os.WriteFile(s.file(), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	for _, name := range secrets {
		cmd := exec.CommandContext(s.Context(), filepath.Join(s.bin, "var"), "secret", "set", name)
		cmd.Env, cmd.Stdin = s.env(), strings.NewReader(s.about.Secrets[name]+"\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			s.Fatalf("var secret set %s: %v: %s", name, err, out)
		}
	}
}

// way is one of the two ways to be asked.
type manner struct {
	name, terminal string
	drawn          bool
}

var manners = []manner{{"drawn", "screen-256color", true}, {"lines", "dumb", false}}

// both has each way looked at.
func both(t *testing.T, look func(*testing.T, *site, *person)) {
	t.Helper()
	for _, w := range manners {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, newTown(t))
			look(t, s, s.person(w))
		})
	}
}

// person is somebody at a terminal of this kind.
func (s *site) person(w manner) *person {
	return &person{terminal: newTerminal(s.T, w.terminal, s.env()...), drawn: w.drawn, answers: map[string][]answer{}}
}

// setUp starts var config.
func (s *site) setUp(p *person, args ...string) {
	p.asked = nil
	p.run(filepath.Join(s.bin, "var"), append([]string{"config", "--config", s.file()}, args...)...)
}
