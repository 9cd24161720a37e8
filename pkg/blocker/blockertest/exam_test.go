package blockertest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Main(m, plugin()) }

// room is a place with two shelves, and what the exam may do behind the plugin's back.
func room(t *testing.T, bug string) Config {
	dir := t.TempDir()
	shelves := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
	for _, d := range shelves {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	switchOn := func(suffix string) func() func() {
		return func() func() {
			for _, d := range shelves {
				_ = os.WriteFile(d+suffix, nil, 0o600)
			}
			return func() {
				for _, d := range shelves {
					_ = os.Remove(d + suffix)
				}
			}
		}
	}
	return Config{
		Settings: map[string]any{"bug": bug, "device": []map[string]any{
			{"name": "a", "dir": shelves[0]}, {"name": "b", "dir": shelves[1]},
		}},
		Secrets: map[string]string{"device.a.token": "open sesame", "device.b.token": "close sesame"},
		Held:    func() map[string][]string { return held(shelves) },
		Break: func() func() {
			_ = os.Rename(shelves[1], shelves[1]+".away")
			return func() { _ = os.Rename(shelves[1]+".away", shelves[1]) }
		},
		Slow: switchOn(".slow"),
		Deny: switchOn(".deny"),
		Foreign: func() func() error {
			file := filepath.Join(shelves[0], "foreign")
			_ = os.WriteFile(file, []byte("somebody source"), 0o600)
			return func() error {
				if text, _ := os.ReadFile(file); string(text) != "somebody source" {
					return errors.New("the foreign file is gone")
				}
				return nil
			}
		},
	}
}

func held(shelves []string) map[string][]string {
	all := map[string][]string{}
	for _, d := range shelves {
		files, _ := os.ReadDir(d)
		all[d] = nil
		for _, f := range files {
			name := strings.ReplaceAll(f.Name(), "%2F", "/")
			all[d] = append(all[d], strings.TrimSuffix(name, ".again"))
		}
	}
	return all
}

func TestASoundPluginPasses(t *testing.T) { Run(t, plugin(), room(t, "")) }

// TestCandidate is run by TestEachBugFailsItsCheck in a process of its own.
func TestCandidate(t *testing.T) {
	bug := os.Getenv("TEST_BUG")
	if bug == "" {
		t.Skip("no bug is asked for")
	}
	Run(t, plugin(), room(t, bug))
}

var failed = regexp.MustCompile(`(?m)^    --- FAIL: TestCandidate/(\w+)`)

// Each candidate is asked for its own check and for the first one, which all but the worst pass.
func TestEachBugFailsItsCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("it only watches other processes: make test runs it")
	}
	for bug, check := range map[string]string{
		"does nothing":               "block",
		"first device only":          "block",
		"wrong class of elements":    "list",
		"blocks twice":               "idempotence",
		"fails when blocked":         "idempotence",
		"fails when gone":            "idempotence",
		"other elements":             "elements",
		"releases all of the target": "receipt_partial",
		"empty means nothing":        "receipt_empty",
		"needs the target":           "receipt_orphan",
		"forgets":                    "restart",
		"disorder":                   "thousand",
		"not canonical":              "ipv6",
		"names as elements":          "long_names",
		"panics":                     "bare_targets",
		"deaf to deadlines":          "deadline",
		"success in part":            "one_device_fails",
		"empty receipt in part":      "one_device_fails",
		"plain errors":               "one_device_fails",
		"unblock hides failures":     "one_device_fails",
		"wrong class":                "unauthorized",
		"list hides":                 "list_unreadable",
		"list fails whole":           "list_unreadable",
		"probe sees nothing":         "probe",
		"asks when opened":           "opens_alone",
		"place wavers":               "place",
		"place of nobody":            "place",
		"lists another text":         "list_forms",
		"other serial each time":     "list_identity",
		"boots in the future":        "list_identity",
		"harms others":               "foreign",
		"leaks":                      "secrets",
	} {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			run := exec.Command(os.Args[0], "-test.run=^TestCandidate$/^(block|"+check+")$", "-test.v")
			run.Env = append(os.Environ(), "TEST_BUG="+bug)
			out, err := run.CombinedOutput()
			if err == nil {
				t.Fatalf("the exam was passed:\n%s", out)
			}
			var checks []string
			for _, m := range failed.FindAllStringSubmatch(string(out), -1) {
				checks = append(checks, m[1])
			}
			if !slices.Equal(checks, []string{check}) {
				t.Errorf("failed %q, want %s alone:\n%s", checks, check, out)
			}
		})
	}
}
