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

// site is a world to be set up for: its ends, a folder for the configuration, and a keyring of its own.
type site struct {
	*testing.T
	world *lab.World
	about lab.Description
	// dir is where the configuration is, ring where the keyring is.
	dir, ring, bin string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, bin: programs(t), dir: t.TempDir(), ring: filepath.Join(t.TempDir(), "ring")}
	place := t.TempDir()
	var err error
	if s.world, err = lab.Up(place, lab.UpOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.world.Close(); err != nil {
			t.Error(err)
		}
	})
	raw, err := os.ReadFile(filepath.Join(place, lab.DescriptionFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &s.about); err != nil {
		t.Fatal(err)
	}
	return s
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

// photograph is everything that the configuration's folder and the keyring hold, byte for byte.
func (s *site) photograph() string {
	s.Helper()
	var picture bytes.Buffer
	_ = listFolder(&picture, s.dir) // a folder that is not there is told in the picture
	_ = listFolder(&picture, s.ring)
	return picture.String()
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
			s := newSite(t)
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

// firstAnswers are what somebody says who begins with nothing.
func (s *site) firstAnswers() map[string][]answer {
	ends, secrets := s.about.Ends, s.about.Secrets
	return map[string][]answer{
		"brains":                                  {pick("add one")},
		"brain.hq.url":                            {typed(ends["hq"].URL)},
		"brain.hq.ca_file":                        {typed(s.about.CA)},
		"brain.hq.client_id":                      {typed(secrets["brain.hq.client_id"])},
		"brain.hq.client_secret":                  {typed(secrets["brain.hq.client_secret"])},
		"blockers":                                {pick("add one")},
		"blocker.NAME.plugin":                     {pick("fortigate")},
		"blocker.NAME":                            {typed("edge")},
		"blocker.edge.settings.internal_group":    {typed("Internal-Block")},
		"blocker.edge.settings.external_group":    {typed("External-Block")},
		"blocker.edge.settings.device":            {pick("add one")},
		"blocker.edge.settings.device[0].name":    {typed("fw1")},
		"blocker.edge.settings.device[0].url":     {typed(ends["fw1"].URL)},
		"blocker.edge.settings.device[0].ca_file": {typed(s.about.CA)},
		"blocker.edge.device.fw1.token":           {typed(secrets["blocker.edge.device.fw1.token"])},
		"hosts.block_group":                       {typed("Block")},
		"hosts.score":                             {say("yes")},
		"hosts.score.threat":                      {typed("80")},
		"hosts.score.certainty":                   {typed("80")},
		"state":                                   {typed("sqlite://" + filepath.Join(s.dir, "var.db"))},
	}
}

func TestFromNothingToAFirstRun(t *testing.T) {
	both(t, func(t *testing.T, s *site, p *person) {
		p.answers = s.firstAnswers()
		s.setUp(p)
		p.answerUntil("var plan")
		p.reply("var plan")
		screen := p.end(0)
		for _, want := range []string{
			"hq is a QUX brain", "ok      hq log in", "ok      hq read hosts", "ok      fw1 write Internal-Block",
			"hosts.score at hq: would block 1 host now; max_blocks is 50", "window: blocking is allowed at any time",
			`+score = { threat = 80, certainty = 80 }`, "brain.hq.client_secret: kept in keyring file", "plan: block 6",
		} {
			if !strings.Contains(screen, want) {
				t.Errorf("never said: %s", want)
			}
		}
		for name, value := range s.about.Secrets {
			if strings.Contains(screen, value) {
				t.Errorf("%s is shown", name)
			}
		}
		if e := s.command("run"); e.code != 0 || !strings.Contains(e.said(), "done 6") && !strings.Contains(e.said(), "block 6") {
			t.Error(e)
		}
	})
}
