package cli

import (
	"regexp"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
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

func TestASummaryNeverTakesWhatIsFrozenForNothingToDo(t *testing.T) {
	frozen := reconcile.Report{Plan: plan.Plan{Frozen: map[entity.Kind]string{entity.KindHost: "down", entity.KindAccount: "down"}}}
	for want, reports := range map[string][]reconcile.Report{
		"plan: nothing to do": {{}},
		"plan: nothing to do for what could be read; nothing could be decided for 2 frozen kinds": {{}, frozen},
	} {
		if got := summary(reports, true); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
