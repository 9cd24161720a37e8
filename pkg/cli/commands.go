package cli

import "github.com/spf13/cobra"

// Commands are those of the program, for what writes about them. They are not to be run.
func Commands() *cobra.Command { return newApp().root() }
