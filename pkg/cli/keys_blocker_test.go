package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

func blockerKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"blocker.enabled":  testEnabled,
		"blocker.plugin":   testPlugin,
		"blocker.label":    testLabel,
		"blocker.mark":     testMark,
		"blocker.kinds":    testKinds,
		"blocker.parallel": testParallel,
		"blocker.rate":     testRate,
		"blocker.timeout":  testTimeout,
		"blocker.sha256":   testSHA256,
		"blocker.env":      testEnv,
		"blocker.settings": testSettings,
	}
}

// book is what the plugin was given, and holds.
func (s *stage) book() book {
	s.t.Helper()
	text, err := os.ReadFile(s.path("book.json"))
	var b book
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *stage) holds(element string, want bool) {
	s.t.Helper()
	if got := s.book().Held[element]; got != want {
		s.t.Errorf("%s is blocked: %v, want %v\n%s%s", element, got, want, &s.out, &s.err)
	}
}

// testEnabled wants that what a blocker holds stays held while it is switched off.
func testEnabled(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	s.cured()
	s.want(ExitDone, "blocker.desk.enabled = false", "run")
	s.holds("10.0.0.1", true)
	s.want(ExitDone, "", "status")
	if !strings.Contains(s.out.String(), "host-1") {
		t.Errorf("it is not held any more:\n%s", &s.out)
	}
	s.want(ExitDone, "", "run")
	s.holds("10.0.0.1", false)
}

func testPlugin(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `blocker.desk.plugin = "scribe"`, "run")
	s.holds("10.0.0.1", true)
	s.want(ExitPartial, `blocker.desk.plugin = "nobody"`, "run")
}

func testLabel(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `blocker.desk.label = "Night Shift"`, "run")
	if tags := s.brain.Tags("host", tagged); !slices.Contains(tags, "VAR ID:Night Shift:10.0.0.1") {
		t.Errorf("tags are %q", tags)
	}
}

func testMark(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	if got := s.book().Name; got != "desk" {
		t.Errorf("the plugin marks with %q", got)
	}
	s.want(ExitDone, `blocker.desk.mark = "counter"`, "run")
	if got := s.book().Name; got != "counter" {
		t.Errorf("the plugin marks with %q", got)
	}
}

func testKinds(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `blocker.desk.kinds = ["detection"]`, "run")
	s.holds("10.0.0.1", false)
	s.holds("d1.example.org", true)
	if got := s.book().Kinds; !slices.Equal(got, []entity.Kind{entity.KindDetection}) {
		t.Errorf("the plugin was told %q", got)
	}
}

func testParallel(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "blocker.desk.parallel = 7", "run")
	if got := s.book().Parallel; got != 7 {
		t.Errorf("the plugin was told %d", got)
	}
}

func testRate(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "blocker.desk.rate = 2.5", "run")
	if got := s.book().Rate; got != 2.5 {
		t.Errorf("the plugin was told %v", got)
	}
}

func testTimeout(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `blocker.desk.timeout = "17s"`, "run")
	if got := s.book().Timeout; got != 17*time.Second {
		t.Errorf("the plugin was told %s", got)
	}
}

func testSHA256(t *testing.T) {
	s := newStage(t)
	program, err := os.ReadFile(s.path("plugins/var-plugin-scribe"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(program)
	s.want(ExitPartial, fmt.Sprintf("blocker.desk.sha256 = %q", strings.Repeat("0", 64)), "run")
	if _, err := os.Stat(s.path("book.json")); err == nil {
		t.Error("a plugin with another sum was run")
	}
	s.want(ExitDone, fmt.Sprintf("blocker.desk.sha256 = %q", hex.EncodeToString(sum[:])), "run")
	s.holds("10.0.0.1", true)
}

func testEnv(t *testing.T) {
	t.Setenv("NIGHT_SHIFT", "on duty")
	s := newStage(t)
	s.want(ExitDone, "", "run")
	if got := s.book().Env; slices.Contains(got, "NIGHT_SHIFT=on duty") {
		t.Error("the plugin got a variable that nobody let it have")
	}
	s.want(ExitDone, `blocker.desk.env = ["NIGHT_SHIFT"]`, "run")
	if got := s.book().Env; !slices.Contains(got, "NIGHT_SHIFT=on duty") {
		t.Errorf("the plugin got %q", got)
	}
}

func testSettings(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, fmt.Sprintf("blocker.desk.settings.book = %q", s.path("other.json")), "run")
	if _, err := os.Stat(s.path("other.json")); err != nil {
		t.Error(err)
	}
}
