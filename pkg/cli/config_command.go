package cli

import (
	"fmt"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"
)

func (a *App) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Ask for the configuration; check, show and change it"}
	a.askable(cmd)
	var online bool
	check := &cobra.Command{
		Use: "check", Short: "Tell everything that is wrong with the configuration, with file, line and cure", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.checkConfig(cmd.Context(), online) },
	}
	check.Flags().BoolVar(&online, "online", false, "also try out each right at each brain, each device of each blocker, and the static list; changes nothing")
	a.storeFlags(check)
	cmd.AddCommand(a.importCommand(), check, &cobra.Command{
		Use: "show", Short: "Show the configuration as it is in force, defaults included", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.showConfig() },
	}, a.configSetCommand(), a.configUnsetCommand(), a.configRenameCommand(), a.configSchemaCommand())
	return cmd
}

func (a *App) showConfig() error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	text, err := cfg.Show()
	if err != nil {
		return err
	}
	if a.json() {
		return a.printTOMLAsJSON(text)
	}
	_, err = fmt.Fprint(a.Out, text)
	return err
}

func (a *App) printTOMLAsJSON(text string) error {
	var shown map[string]any
	if _, err := toml.Decode(text, &shown); err != nil {
		return err
	}
	return a.printJSON(map[string]any{"schema": 1, "config": shown})
}

func okOrFailed(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAILED"
}
