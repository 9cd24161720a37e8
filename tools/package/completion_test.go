//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// press gives what bash offers for the last of the words, as when the tabulator is pressed.
const press = `
. /usr/share/bash-completion/bash_completion || exit
. "$1" || exit
shift
compopt() { :; } # bash has it only while it completes
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMP_TYPE=9
__start_var
printf '%s\n' "${COMPREPLY[@]}"
`

func TestBashCompletesWhatIsTyped(t *testing.T) {
	r := built(t)
	bin, err := filepath.Abs(r.bin)
	if err != nil {
		t.Fatal(err)
	}
	configuration := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(configuration, namedConfiguration(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string][]string{
		"var pa":                                  {"panic", "pause"},
		"var secret ":                             {"delete", "list", "set"},
		"var run --o":                             {"--only", "--output"},
		"var nothing-of-this-name ":               {},
		"var --config CONFIG run --brain ":        {"hq"},
		"var panic --config CONFIG --blocker e":   {"edge"},
		"var panic --config nowhere --blocker ":   {},
		"var history --config CONFIG --blocker x": {},
	} {
		words := append([]string{"--norc", "-c", press, "bash", filepath.Join(r.completions, "var.bash")},
			strings.Split(strings.ReplaceAll(typed, "CONFIG", configuration), " ")...)
		cmd := exec.CommandContext(t.Context(), "bash", words...)
		cmd.Env = append(cmd.Environ(), "PATH="+bin+":/usr/bin:/bin")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", typed, err, out)
		}
		if got := slices.Sorted(slices.Values(strings.Fields(string(out)))); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", typed, got, want)
		}
	}
}

// namedConfiguration is one with a brain hq and a blocker edge, and a mistake: what is right of it is offered all the same.
func namedConfiguration(t *testing.T) []byte {
	t.Helper()
	return []byte("mistake = 1\n" + decode[configMap](t, baseFolder, "configmap.yaml").Data["config.toml"])
}
