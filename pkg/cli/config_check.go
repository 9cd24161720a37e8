package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/pluginhost"
)

// checkConfig also asks each plugin what it thinks of its settings.
func (a *App) checkConfig(ctx context.Context, online bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	checked, err := a.checkOffline(ctx, cfg)
	if err != nil {
		return err
	}
	if online {
		if err := a.askSecrets(ctx, cfg, nil, false); err != nil {
			return err
		}
		if err := a.printOnline(a.checkOnline(ctx, cfg)); err != nil {
			return err
		}
	}
	if a.json() && !online {
		return a.printJSON(map[string]any{"schema": 1, "ok": true, "checked": checked})
	}
	fmt.Fprintf(a.Err, "checked: %s\n", strings.Join(checked, ", "))
	if !online {
		fmt.Fprintln(a.Err, "not checked: secrets, and whether brains and devices answer; see \"var secret list\" and --online")
	}
	_, err = fmt.Fprintln(a.Err, "config: all is well")
	return err
}

// checkOffline looks at all that can be looked at on this machine, and says what that was.
func (a *App) checkOffline(ctx context.Context, cfg *config.Config) (checked []string, err error) {
	host := a.pluginHost()
	defer host.Close()
	bad := a.tell(append(a.pluginProblems(ctx, host, cfg), templateProblems(cfg)...))
	listed, wrong := a.checkList(cfg)
	if bad || wrong {
		return nil, &exit{ExitUsage, nil}
	}
	needs, err := a.needs(ctx, cfg, slices.Sorted(maps.Keys(cfg.Brains)))
	if err == nil {
		err = checkVariables(needs)
	}
	checked = []string{plural(len(cfg.Brains), "brain"), "settings of " + plural(len(cfg.Blockers), "blocker"), "names of " + plural(len(needs), "secret")}
	if told := channels(cfg.Notify); len(told) > 0 {
		checked = append(checked, plural(len(told), "channel"))
	}
	if cfg.Static.Destinations != "" {
		checked = append(checked, "a list of "+plural(listed, "destination"))
	}
	return checked, err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// pluginProblems are what plugins find wrong with the settings of their blockers, and plugins that cannot be asked.
func (a *App) pluginProblems(ctx context.Context, host *pluginhost.Host, cfg *config.Config) []config.Problem {
	var all []config.Problem
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		b := cfg.Blockers[name]
		if b.Plugin == "" {
			continue // told already
		}
		wrong, err := host.Check(ctx, b.Plugin, b.SHA256, b.Settings)
		if err != nil {
			all = append(all, cfg.Problem("blocker."+name+".plugin", inert.Line(err.Error())))
			continue
		}
		all = append(all, cfg.SettingsProblems(name, wrong)...)
		if d, err := host.Describe(ctx, b.Plugin, b.SHA256); err == nil {
			all = append(all, cfg.SettingsWarnings(name, d.Settings)...)
		}
	}
	return all
}

// checkList reads the static list, tells which lines are left out, and says how many destinations it has.
func (a *App) checkList(cfg *config.Config) (listed int, bad bool) {
	if cfg.Static.Destinations == "" {
		return 0, false
	}
	list, err := config.ReadStatic(cfg.Static.Destinations, cfg.Static.Networks())
	if err != nil {
		return 0, a.tell([]config.Problem{cfg.Problem("static.destinations", inert.Line(err.Error()))})
	}
	a.tell(list.Problems)
	return len(list.Destinations), false
}
