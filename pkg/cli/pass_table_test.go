package cli

import (
	"regexp"
	"testing"
)

// Of a loop a person sees many passes, on a terminal as in a log.
func TestThePassIsCountedWithItsTimeAlsoOnATerminal(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		s := newStage(t)
		a := s.app()
		a.ErrTerminal = terminal
		path := s.write("config.toml", s.base(""))
		if code := a.Run(t.Context(), []string{"--config", path, "--plugin-dir", s.path("plugins"), "run"}); code != ExitDone {
			t.Fatalf("run ended with %d\n%s", code, &s.err)
		}
		if !regexp.MustCompile(`pass: .*\(20\S+Z\)\n$`).MatchString(s.err.String()) {
			t.Errorf("terminal %v: it ends with %q", terminal, &s.err)
		}
	}
}
