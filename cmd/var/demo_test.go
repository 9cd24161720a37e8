package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// demo plays the story with these arguments before the command.
func demo(t *testing.T, args ...string) ended {
	t.Helper()
	env := []string{"HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	return start(t, env, filepath.Join(programs(t), "var"), append(args, "lab", "demo")...).wait(t)
}

func TestTheDemoEndsWell(t *testing.T) {
	t.Parallel()
	e := demo(t)
	if e.code != 0 || !strings.Contains(e.out, "Every step ended as told") {
		t.Error(e)
	}
}

// TestTheDemoBelievesNobody puts a plugin into the FortiGate's place that confirms without acting.
func TestTheDemoBelievesNobody(t *testing.T) {
	t.Parallel()
	programs(t)
	liars := t.TempDir()
	if err := goBuild(filepath.Join(liars, "var-plugin-fortigate"), []string{"./testdata/liar"}); err != nil {
		t.Fatal(err)
	}
	e := demo(t, "--plugin-dir", liars)
	if e.code != 1 {
		t.Errorf("the demo took the liar's word: %s", e)
	}
	want := "var: demo, step 2 (Block them.): the world is not as told: 10.20.30.42 is in force on [pa1 script], want [fw1 fw2 pa1 script]"
	if !strings.Contains(e.err, want) {
		t.Errorf("it ended with %q, want %q", e.err, want)
	}
}
