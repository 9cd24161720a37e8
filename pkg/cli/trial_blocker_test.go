package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/setup"
)

// hired is a trial that finds the stage's plugins.
func (s *stage) hired() *trial {
	t := s.trial()
	t.app.pluginDir = s.path("plugins")
	return t
}

func (s *stage) desk(settings map[string]any) config.Blocker {
	if settings["book"] == nil {
		settings["book"] = s.path("book.json")
	}
	return config.Blocker{Enabled: true, Plugin: "scribe", Settings: settings}
}

func lines(checks []setup.Check) []string {
	var all []string
	for _, c := range checks {
		state := "ok"
		if c.Err != nil {
			state = string(entity.ClassOf(c.Err))
		}
		all = append(all, c.Of+" "+c.Name+": "+state)
	}
	return all
}

func TestATrialOfABlockerAsksItsDevicesWithWhatIsGiven(t *testing.T) {
	s := newStage(t)
	for token, want := range map[string][]string{
		"right":  {"book read: ok", "book write: ok"},
		"reader": {"book read: ok", "book write: unauthorized"},
		"none":   {"book read: unauthorized", "book write: unauthorized"},
	} {
		wrong, checks := s.hired().Blocker(t.Context(), "desk", s.desk(map[string]any{}), setup.Secrets{"blocker.desk.token": secret.New(token)})
		if d := cmp.Diff(want, lines(checks)); d != "" || len(wrong) > 0 {
			t.Errorf("with token %q: problems %v, checks (-want +got):\n%s", token, wrong, d)
		}
	}
	if _, _, err := s.trial().secrets.Get(t.Context(), "blocker.desk.token"); err == nil {
		t.Error("what was given is stored")
	}
}

func TestATrialOfWrongSettingsAsksNoDevice(t *testing.T) {
	s := newStage(t)
	wrong, checks := s.hired().Blocker(t.Context(), "desk", s.desk(map[string]any{"bok": "x"}), nil)
	if len(checks) > 0 || len(wrong) != 1 || wrong[0].Path != "bok" {
		t.Errorf("problems %v, checks %v", wrong, checks)
	}
	if _, err := os.Stat(s.path("book.json")); !os.IsNotExist(err) {
		t.Errorf("the plugin was opened: %v", err)
	}
}

func TestATrialOfABlockerThatDoesNotStartSaysWhy(t *testing.T) {
	s := newStage(t)
	strange := s.desk(map[string]any{})
	strange.Plugin = "scrybe"
	shut := s.desk(map[string]any{"book": s.path("nowhere/book.json")})
	for want, b := range map[string]config.Blocker{"start: plugin \"scrybe\": no var-plugin-scrybe in ": strange, "open: ": shut} {
		wrong, checks := s.hired().Blocker(t.Context(), "desk", b, nil)
		if len(wrong) > 0 || len(checks) != 1 || !strings.HasPrefix(fmt.Sprintf("%s: %v", checks[0].Name, checks[0].Err), want) || checks[0].Of != "desk" {
			t.Errorf("problems %v, checks %v, want %q", wrong, checks, want)
		}
	}
}

func TestEveryPluginIsListedAlsoABrokenOne(t *testing.T) {
	s := newStage(t)
	s.write("plugins/var-plugin-shut", "#!/bin/sh\n")
	lame := s.write("plugins/var-plugin-lame", "#!/bin/sh\necho I am no plugin\n")
	if err := os.Chmod(lame, 0o700); err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()
	all := s.hired().Plugins(t.Context())
	goleak.VerifyNone(t, before)
	all = slices.DeleteFunc(all, func(p setup.Plugin) bool { return !slices.Contains([]string{"lame", "scribe", "shut"}, p.Name) })
	if len(all) != 3 || all[0].Name != "lame" || all[0].Err == nil || all[2].Name != "shut" || !strings.Contains(fmt.Sprint(all[2].Err), "chmod +x") {
		t.Fatalf("%+v", all)
	}
	p := all[1]
	if p.Err != nil || p.Label != "Scribe Client" || p.Help == "" || len(p.Kinds) != 4 || len(p.Settings.Fields) == 0 {
		t.Errorf("%+v", p)
	}
}
