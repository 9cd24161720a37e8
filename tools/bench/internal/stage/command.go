package stage

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// command is a shell script that takes as long as a request would, and writes down when it began and ended.
type command struct {
	blocker, path string
}

// kindOfRun is what runs of a command are counted under.
const kindOfRun = "run"

func (c *command) name() string { return c.blocker + " command" }
func (c *command) log() string  { return c.path + ".log" }

func (c *command) delay(d time.Duration) error {
	wait := ""
	if d > 0 {
		wait = fmt.Sprintf("sleep %g\n", d.Seconds())
	}
	text := fmt.Sprintf("#!/bin/sh\necho + >>'%s'\n%secho - >>'%s'\n", c.log(), wait, c.log())
	return os.WriteFile(c.path, []byte(text), 0o700)
}

func (c *command) reset() error { return os.WriteFile(c.log(), nil, 0o600) }

func (c *command) asked() (Asked, error) {
	text, err := os.ReadFile(c.log())
	if err != nil {
		return Asked{}, err
	}
	runs, now, most := 0, 0, 0
	for line := range strings.Lines(string(text)) {
		if line == "+\n" {
			runs, now = runs+1, now+1
			most = max(most, now)
			continue
		}
		now--
	}
	kinds := map[string]int{}
	if runs > 0 {
		kinds[kindOfRun] = runs
	}
	return Asked{Kinds: kinds, InFlight: most}, nil
}

// hold has nothing to do: nobody can ask a command what it has blocked.
func (c *command) hold([]string) error { return nil }

// holds is unknown, as to var.
func (c *command) holds() (int, error) { return -1, nil }
