package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// leaves are all commands that do something, as they are typed.
func leaves(cmd *cobra.Command, typed []string) map[string]*cobra.Command {
	all := map[string]*cobra.Command{}
	for _, c := range cmd.Commands() {
		words := append(append([]string(nil), typed...), c.Name())
		switch {
		case c.Hidden || c.Name() == "help" || c.Name() == "completion":
		case c.HasSubCommands():
			for name, leaf := range leaves(c, words) {
				all[name] = leaf
			}
		default:
			all[strings.Join(words, " ")] = c
		}
	}
	return all
}

func TestEveryCommandEndsWrongUsageWith2(t *testing.T) {
	a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}
	for name := range leaves(a.root(), nil) {
		if code := a.Run(t.Context(), append(strings.Fields(name), "--no-such-flag")); code != ExitUsage {
			t.Errorf("%s with a wrong flag ends with %d, want %d", name, code, ExitUsage)
		}
	}
}

func TestCommandsOfPersonsHaveExamples(t *testing.T) {
	all := leaves((&App{}).root(), nil)
	for _, name := range []string{
		"run", "plan", "apply", "status", "why", "history", "block", "release", "pause", "resume", "panic", "state backup", "state restore",
	} {
		if c := all[name]; c == nil || c.Long == "" || !strings.Contains(c.Example, "var "+name) {
			t.Errorf("%s has no help with an example", name)
		}
	}
}
