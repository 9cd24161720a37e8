package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
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
	cmd.AddCommand(check, &cobra.Command{
		Use: "show", Short: "Show the configuration as it is in force, defaults included", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.showConfig() },
	})
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

// checkConfig also asks each plugin what it thinks of its settings.
func (a *App) checkConfig(ctx context.Context, online bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	bad, err := a.checkPlugins(ctx, cfg)
	if err != nil {
		return err
	}
	if bad {
		return &exit{ExitUsage, nil}
	}
	if online {
		if err := a.printOnline(a.checkOnline(ctx, cfg)); err != nil {
			return err
		}
	}
	if a.json() && !online {
		return a.printJSON(map[string]any{"schema": 1, "ok": true})
	}
	_, err = fmt.Fprintln(a.Err, "config: all is well")
	return err
}

func (a *App) checkPlugins(ctx context.Context, cfg *config.Config) (bad bool, err error) {
	host := a.pluginHost()
	defer host.Close()
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		b := cfg.Blockers[name]
		wrong, err := host.Check(ctx, b.Plugin, b.SHA256, b.Settings)
		if err != nil {
			return true, usage(fmt.Errorf("blocker %s: %w", name, err))
		}
		bad = a.tell(cfg.SettingsProblems(name, wrong)) || bad
	}
	if cfg.Static.Destinations != "" {
		list, err := config.ReadStatic(cfg.Static.Destinations, cfg.Static.Networks())
		if err != nil {
			return true, usage(err)
		}
		a.tell(list.Problems)
	}
	return bad, nil
}

func okOrFailed(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAILED"
}
