package cli

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
)

// completeNames has shells complete the names that the configuration gives to brains and blockers.
func (a *App) completeNames(cmd *cobra.Command) {
	for flag, names := range map[string]func(*config.Config) []string{
		"brain":   func(c *config.Config) []string { return slices.Sorted(maps.Keys(c.Brains)) },
		"blocker": func(c *config.Config) []string { return slices.Sorted(maps.Keys(c.Blockers)) },
	} {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, a.configured(names)) // it fails for a flag that is not there
		}
	}
	for _, sub := range cmd.Commands() {
		a.completeNames(sub)
	}
}

// configured offers names of the configuration; none where there is none, for nothing can be told while something is typed.
func (a *App) configured(names func(*config.Config) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		path, err := a.configPath()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if cfg, _ := config.Salvage(path); cfg != nil {
			return names(cfg), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
