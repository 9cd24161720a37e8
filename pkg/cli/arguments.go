package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArgs refuses arguments as wrong usage.
func noArgs(cmd *cobra.Command, args []string) error { return given(cmd, args, cobra.NoArgs) }

func oneArg(cmd *cobra.Command, args []string) error { return given(cmd, args, cobra.ExactArgs(1)) }

func twoArgs(cmd *cobra.Command, args []string) error { return given(cmd, args, cobra.ExactArgs(2)) }

func atMostOneArg(cmd *cobra.Command, args []string) error {
	return given(cmd, args, cobra.MaximumNArgs(1))
}

func atLeastOneArg(cmd *cobra.Command, args []string) error {
	return given(cmd, args, cobra.MinimumNArgs(1))
}

func someArgs(_ *cobra.Command, args []string) error { return usage(noneEmpty(args)) }

// given refuses too few and too many arguments, and says how the command is given. It does not repeat them: one may be a secret.
func given(cmd *cobra.Command, args []string, enough cobra.PositionalArgs) error {
	if enough(cmd, args) == nil {
		return usage(noneEmpty(args))
	}
	counts := map[int]string{0: "no argument", 1: "one argument"}
	count := cmp.Or(counts[len(args)], fmt.Sprintf("%d arguments", len(args)))
	return usage(fmt.Errorf("it is %q, and was given with %s", cmd.UseLine(), count))
}

// noneEmpty refuses what a script passes when its variable is not set: every name contains the empty one.
func noneEmpty(args []string) error {
	for i, text := range args {
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("argument %d is empty: is a variable not set?", i+1)
		}
	}
	return nil
}
