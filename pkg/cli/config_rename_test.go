package cli

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// office is a stage whose secrets are in a keyring, with everything blocked once.
func office(t *testing.T) (s *stage, config string) {
	t.Helper()
	s = newStage(t)
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	t.Setenv("VAR_KEYRING_DIR", s.path("keyring"))
	t.Setenv("VAR_KEYRING_BACKEND", "")
	config = s.write("config.toml", s.base(""))
	a := s.readable()
	for name, value := range map[string]string{"brain.hq.client_id": clientID, "brain.hq.client_secret": clientSecret} {
		if _, err := a.secretStore().Set(t.Context(), name, secret.New(value)); err != nil {
			t.Fatal(err)
		}
	}
	s.plays(ExitDone, config, "run")
	s.holds(hostElement, true)
	return s, config
}

// readable is an app that keeps its secrets unencrypted.
func (s *stage) readable() *App {
	a := s.app()
	a.keeping.plaintext = 2
	return a
}

// plays is want with a configuration file that is there.
func (s *stage) plays(code int, config string, args ...string) {
	s.t.Helper()
	args = append([]string{"--plaintext", "--plaintext", "--config", config, "--plugin-dir", s.path("plugins")}, args...)
	if got := s.app().Run(s.t.Context(), args); got != code {
		s.t.Fatalf("var %v ended with %d, want %d\n%s%s", args, got, code, &s.out, &s.err)
	}
}

// dies begins a rename and ends before a step.
func (s *stage) dies(config string, steps int, former, name string) (left int) {
	s.t.Helper()
	a := s.readable()
	a.config, a.pluginDir = config, s.path("plugins")
	names, err := parseRename(former, name)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := a.newRenaming(s.t.Context(), names)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, &s.err)
	}
	defer r.close()
	all := r.steps()
	for _, step := range all[:steps] {
		if err := step(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	return len(all) - steps
}

// A rename that dies between two steps is finished when it is given again, and meanwhile nobody makes a pass by half
// of the names.
func TestARenameThatDiedIsFinished(t *testing.T) {
	for _, names := range [][2]string{{"brain.hq", "brain.eu"}, {"blocker.desk", "blocker.table"}} {
		const announced, steps = 2, 6
		for step := range steps {
			if testing.Short() && step != announced {
				continue
			}
			t.Run(fmt.Sprintf("%s before step %d", names[0], step), func(t *testing.T) {
				s, config := office(t)
				if left := s.dies(config, step, names[0], names[1]); left != steps-step {
					t.Fatalf("%d steps are left of %d", left, steps)
				}
				if step >= announced {
					s.plays(ExitUsage, config, "run")
					if !strings.Contains(s.err.String(), `give "var config rename `+names[0]+" "+names[1]+`" again`) {
						t.Errorf("nobody is told what to do: %s", &s.err)
					}
					s.plays(ExitUsage, config, "config", "rename", names[0], names[0]+"x")
				}
				s.plays(ExitDone, config, "config", "rename", names[0], names[1])
				s.unchanged(config, names[0])
			})
		}
	}
}

// unchanged wants that a pass finds all as it should be, and what is held under names that are not those of before.
func (s *stage) unchanged(config string, former string) {
	s.t.Helper()
	held := s.book().Held
	s.plays(ExitDone, config, "run")
	for line := range strings.Lines(s.out.String()) {
		if !strings.Contains(line, "\tkeep\t") {
			s.t.Errorf("there was something to do: %s", line)
		}
	}
	if now := s.book(); now.Name != "desk" || !maps.Equal(now.Held, held) {
		s.t.Errorf("%s holds %v, and held %v", now.Name, now.Held, held)
	}
	s.plays(ExitDone, config, "status", "--output", "json")
	_, name, _ := strings.Cut(former, ".")
	if text := s.out.String(); !strings.Contains(text, "10.0.0.1") || strings.Contains(text, `"`+name+`"`) {
		s.t.Errorf("it is held under the name %s:\n%s", name, text)
	}
}

// Another machine that shares the state has a file of its own.
func TestAFileThatHasNotFollowedARenameIsNotObeyed(t *testing.T) {
	for _, names := range [][2]string{{"brain.hq", "brain.eu"}, {"blocker.desk", "blocker.table"}} {
		s, config := office(t)
		other := s.write("other.toml", s.base(""))
		s.plays(ExitDone, config, "config", "rename", names[0], names[1])
		s.plays(ExitUsage, other, "run")
		if want := `give "var config rename ` + names[0] + " " + names[1] + `" for this file, too`; !strings.Contains(s.err.String(), want) {
			t.Errorf("want %q: %s", want, &s.err)
		}
		s.plays(ExitDone, other, "config", "rename", names[0], names[1])
		s.unchanged(other, names[0])
		s.plays(ExitDone, other, "config", "rename", names[1], names[0])
		s.unchanged(other, names[1])
	}
}

func TestNamesOfNowFollowEachOther(t *testing.T) {
	r := renames{}.with("brain.a", "brain.b").with("brain.b", "brain.c").with("brain.x", "brain.a")
	want := map[string]string{"brain.b": "brain.c", "brain.x": "brain.a"}
	if r.Done != 3 || !maps.Equal(r.Given, want) {
		t.Errorf("got %+v", r)
	}
}

func TestARenameWaitsForWhoIsAtWork(t *testing.T) {
	s, config := office(t)
	a := s.readable()
	a.config = config
	cfg, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	j, err := a.openState(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close() //nolint:errcheck // only the lease counts
	if _, err := j.Acquire(t.Context(), "source:hq", 0); err != nil {
		t.Fatal(err)
	}
	names, _ := parseRename("brain.hq", "brain.eu")
	r, err := a.newRenaming(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.patience = 0
	if err := r.waitForPasses(t.Context()); codeOf(err) != ExitLeased {
		t.Errorf("got %v", err)
	}
}
