// Package stage builds the worlds of the bench and the configuration with which var works in them.
package stage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// Stage is a world with a folder in which var works.
type Stage struct {
	setup  scenario.Setup
	world  *lab.World
	brains []*lab.Brain
	// devices are those of each blocker.
	devices [][]device
	dir     string
	bin     string
}

// Files and folders of a stage.
const (
	configFile     = "config.toml"
	authorityFile  = "ca.pem"
	credentialsDir = "credentials"
	stateFile      = "var.db"
)

// New builds the world of a setup, with brains in which there is nothing yet, in a folder of its own. bin is the
// folder of var. Close takes all away.
func New(setup scenario.Setup, bin string) (*Stage, error) {
	dir, err := os.MkdirTemp("", "var-bench-")
	if err != nil {
		return nil, err
	}
	w, err := lab.New()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &Stage{setup: setup, world: w, dir: dir, bin: bin}
	if err := s.furnish(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the world and removes its folder.
func (s *Stage) Close() error { return errors.Join(s.world.Close(), os.RemoveAll(s.dir)) }

func (s *Stage) furnish() error {
	for n := range s.setup.Brains {
		if err := s.addBrain(brainName(n)); err != nil {
			return err
		}
	}
	for n, b := range s.setup.Blockers {
		if err := s.addBlocker(n, b); err != nil {
			return err
		}
	}
	if err := s.write(authorityFile, string(s.world.CA()), 0o600); err != nil {
		return err
	}
	return s.write(configFile, s.config(), 0o600)
}

func (s *Stage) write(name, text string, mode os.FileMode) error {
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), mode)
}

func (s *Stage) secret(name, value string) error {
	return s.write(filepath.Join(credentialsDir, name), value, 0o600)
}

// Command is var with these arguments, and its environment.
func (s *Stage) Command(args ...string) (argv, env []string) {
	argv = append([]string{filepath.Join(s.bin, "var")}, args...)
	argv = append(argv, "--config", filepath.Join(s.dir, configFile))
	return argv, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "CREDENTIALS_DIRECTORY=" + filepath.Join(s.dir, credentialsDir),
	}
}

// Begin forgets what was asked and has every answer of every end wait from now on, and every run of a command take
// so long.
func (s *Stage) Begin(delay time.Duration) error {
	for _, e := range s.world.Ends() {
		e.ResetCounters()
		e.Delay(delay)
	}
	return s.eachCommand(func(c *command) error { return errors.Join(c.reset(), c.delay(delay)) })
}

// Asked is what was asked of one end.
type Asked struct {
	// Kinds counts by kind of request.
	Kinds map[string]int `json:"requests"`
	// InFlight is the largest number that was being answered at one time.
	InFlight int `json:"in_flight"`
	// Connections is how many were opened for them; a command has none.
	Connections int `json:"connections"`
}

// Asked is what was asked since the last Begin, by end.
func (s *Stage) Asked() (map[string]Asked, error) {
	all := map[string]Asked{}
	for _, e := range s.world.Ends() {
		all[e.Name] = Asked{e.Requests(), e.InFlightMax(), e.Connections()}
	}
	err := s.eachCommand(func(c *command) error {
		asked, err := c.asked()
		all[c.name()] = asked
		return err
	})
	return all, err
}

func (s *Stage) eachCommand(do func(*command) error) error {
	var errs []error
	for _, devices := range s.devices {
		for _, d := range devices {
			if c, ok := d.(*command); ok {
				errs = append(errs, do(c))
			}
		}
	}
	return errors.Join(errs...)
}

func brainName(n int) string   { return fmt.Sprintf("hq%02d", n) }
func blockerName(n int) string { return fmt.Sprintf("b%02d", n) }
