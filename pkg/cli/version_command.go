package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (a *App) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show what this program was built from", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json() {
				return a.printJSON(map[string]any{"schema": 1, "version": Version, "commit": Commit, "date": Date, "go": runtime.Version()})
			}
			_, err := fmt.Fprintf(a.Out, "var %s (commit %s, %s, %s)\n", Version, Commit, Date, runtime.Version())
			return err
		},
	}
}
