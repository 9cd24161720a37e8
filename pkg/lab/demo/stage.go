package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/var-project/var/pkg/lab"
)

// stage is the world while the story plays.
type stage struct {
	options  Options
	dir      string
	isolated string
	admin    admin
}

// run runs var as an operator would, shows the transcript, and wants this exit code.
func (s *stage) run(ctx context.Context, want int, args ...string) error {
	all := append(append([]string{}, s.options.Args...), args...)
	fmt.Fprintf(s.options.Out, "$ var %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, s.options.Program, append(all, "--config", filepath.Join(s.dir, lab.ConfigFile))...)
	cmd.Env = append(os.Environ(), "CREDENTIALS_DIRECTORY="+filepath.Join(s.dir, lab.CredentialsDir))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	s.show(out.String())
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return err
	case cmd.ProcessState.ExitCode() != want:
		return fmt.Errorf("var %s ended with code %d, want %d", args[0], cmd.ProcessState.ExitCode(), want)
	}
	return nil
}

// widest is how much of a line of a transcript is shown.
const widest = 150

// show indents a transcript and aligns its columns for a reader.
func (s *stage) show(text string) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, text)
	_ = w.Flush() // a Builder does not fail
	for line := range strings.Lines(table.String()) {
		line = strings.TrimRight(line, "\n")
		if runes := []rune(line); len(runes) > widest {
			line = string(runes[:widest-1]) + "…"
		}
		fmt.Fprintln(s.options.Out, " ", line)
	}
}

func (s *stage) say(format string, args ...any) {
	fmt.Fprintf(s.options.Out, "  "+format+"\n", args...)
}

// where lists the ends on which an address or domain is in force, the external command among them.
func (s *stage) where(ctx context.Context, element string) ([]string, error) {
	var places []string
	for _, end := range firewalls {
		state, err := s.admin.state(ctx, end)
		if err != nil {
			return nil, err
		}
		if holds(state, element) {
			places = append(places, end)
		}
	}
	if _, err := os.Stat(filepath.Join(s.isolated, fileName(element))); err == nil {
		places = append(places, "script")
	}
	return places, nil
}

// inForce wants an element on exactly these ends, and says so.
func (s *stage) inForce(ctx context.Context, element string, ends ...string) error {
	got, err := s.where(ctx, element)
	if err != nil {
		return err
	}
	if strings.Join(got, " ") != strings.Join(ends, " ") {
		return fmt.Errorf("%s is in force on [%s], want [%s]", element, strings.Join(got, " "), strings.Join(ends, " "))
	}
	s.say("%-18s in force on: %s", element, orNowhere(ends))
	return nil
}

func orNowhere(ends []string) string {
	if len(ends) == 0 {
		return "nowhere"
	}
	return strings.Join(ends, ", ")
}

// fileName makes an address fit for a file.
func fileName(address string) string { return strings.NewReplacer(":", "_", "/", "_").Replace(address) }

// silent wants that no end was asked to change anything since the counters were reset.
func (s *stage) silent(ctx context.Context) error {
	for _, end := range everybody() {
		n, err := s.admin.writes(ctx, end)
		if err != nil {
			return err
		}
		if n != 0 {
			return fmt.Errorf("%s was asked to change something %d times, want 0", end, n)
		}
	}
	s.say("no device and no brain was asked to change anything")
	return nil
}

func (s *stage) resetCounters(ctx context.Context) error {
	var errs []error
	for _, end := range everybody() {
		errs = append(errs, s.admin.reset(ctx, end))
	}
	return errors.Join(errs...)
}
