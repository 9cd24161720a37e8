package stage_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, s scenario.Setup) *stage.Stage {
	t.Helper()
	st, err := stage.New(s, "/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// configuration is the file that var would read.
func configuration(t *testing.T, st *stage.Stage) string {
	t.Helper()
	argv, _ := st.Command("run")
	text, err := os.ReadFile(argv[len(argv)-1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// apart are the keys that only say where things are and what they are called.
var apart = []string{"state", "url", "ca_file", "api", "plugin", "name", "host_block", "host_unblock"}

func TestNoSettingIsLeftOutOfTheReport(t *testing.T) {
	for _, s := range scenario.All() {
		table, told := "", stage.Settings(s.Setup)
		for line := range strings.Lines(configuration(t, open(t, s.Setup))) {
			line = strings.TrimSpace(line)
			key, _, isSetting := strings.Cut(line, " = ")
			switch {
			case strings.HasPrefix(line, "["):
				table = strings.Trim(line, "[]")
			case isSetting && !slices.Contains(apart, key) && !slices.Contains(told, table+"."+line):
				t.Errorf("%s: %s.%s is set and not told", s.Name(), table, line)
			}
		}
	}
}

func TestAPassThatDidNothingIsNoticed(t *testing.T) {
	for _, means := range []scenario.Means{scenario.Groups, scenario.Quarantine, scenario.Feed, scenario.PaloAlto, scenario.Command} {
		st := open(t, scenario.Life(means, 3))
		st.Fill()
		if err := st.Check(scenario.Block); err == nil {
			t.Errorf("%s: nothing was blocked", means)
		}
		if err := st.Check(scenario.Release); err != nil {
			t.Errorf("%s: nothing is held: %v", means, err)
		}
	}
}

func TestASeededWorldIsAsVarWouldHaveLeftIt(t *testing.T) {
	for _, means := range []scenario.Means{scenario.Quarantine, scenario.Feed, scenario.PaloAlto, scenario.Command} {
		s := scenario.Idle(means, 3)
		s.Adopt = true
		st := open(t, s)
		if err := st.Seed(); err != nil {
			t.Fatal(err)
		}
		if err := st.Check(scenario.Nothing); err != nil {
			t.Errorf("%s: %v", means, err)
		}
		if err := st.Check(scenario.Release); err == nil {
			t.Errorf("%s: all is held, and was taken for released", means)
		}
	}
}

func TestMembersOfGroupsAreOnlyMadeByVar(t *testing.T) {
	s := scenario.Idle(scenario.Groups, 3)
	s.Adopt = true
	if err := open(t, s).Seed(); err == nil {
		t.Error("members without a mark were made")
	}
}

func TestACommandTakesItsTimeAndIsCounted(t *testing.T) {
	const delay = 30 * time.Millisecond
	st := open(t, scenario.Life(scenario.Command, 1))
	if err := st.Begin(delay); err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile(`host_block = \["([^"]+)"`).FindStringSubmatch(configuration(t, st))[1]
	began := time.Now()
	if out, err := exec.CommandContext(t.Context(), program, "10.64.0.1").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if took := time.Since(began); took < delay {
		t.Errorf("it took %v", took)
	}
	asked, err := st.Asked()
	if err != nil {
		t.Fatal(err)
	}
	if got := asked["b00 command"]; got.Kinds["run"] != 1 || got.InFlight != 1 {
		t.Errorf("counted are %+v", got)
	}
	if err := st.Begin(0); err != nil {
		t.Fatal(err)
	}
	if asked, err = st.Asked(); err != nil || len(asked["b00 command"].Kinds) > 0 {
		t.Errorf("after a new beginning %v are counted (%v)", asked["b00 command"], err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	st, err := stage.New(scenario.Life(scenario.Groups, 3), "/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) > 0 {
		t.Errorf("left are %v (%v)", left, err)
	}
}
