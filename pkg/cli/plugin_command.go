package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/schema"
)

func (a *App) pluginCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "plugin", Short: "List, describe and check plugins"}
	check := &cobra.Command{
		Use: "check [BLOCKER…]", Short: "Ask each device: reachable, logged in, writable, and would a block take effect?",
		RunE: func(cmd *cobra.Command, args []string) error { return a.checkBlockers(cmd.Context(), args) },
	}
	a.storeFlags(check)
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "Show the plugins that are found, and where", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return a.listPlugins(cmd.Context()) },
		},
		&cobra.Command{
			Use: "describe NAME", Short: "Show what a plugin can and which settings it takes", Args: oneArg,
			RunE: func(cmd *cobra.Command, args []string) error { return a.describePlugin(cmd.Context(), args[0]) },
		},
		check,
	)
	return cmd
}

func (a *App) listPlugins(ctx context.Context) error {
	host := a.pluginHost()
	defer host.Close()
	type pluginView struct {
		Name    string `json:"name"`
		Path    string `json:"path"`
		Version string `json:"version,omitempty"`
		Help    string `json:"help,omitempty"`
		Problem string `json:"problem,omitempty"`
	}
	views, rows := []pluginView{}, [][]string{}
	for _, f := range host.Find() {
		v := pluginView{Name: f.Name, Path: f.Path}
		if f.Err != nil {
			v.Problem = inert.Line(f.Err.Error())
		} else if d, err := host.Describe(ctx, f.Name, ""); err != nil {
			v.Problem = inert.Line(err.Error())
		} else {
			v.Version, v.Help = d.Version, d.Help
		}
		views = append(views, v)
		rows = append(rows, []string{v.Name, orDash(v.Version), v.Path, v.Help + v.Problem})
	}
	if a.json() {
		return a.printJSON(map[string]any{"schema": 1, "plugins": views})
	}
	return a.printTable([]string{"NAME", "VERSION", "PATH", "WHAT"}, rows)
}

func (a *App) describePlugin(ctx context.Context, name string) error {
	host := a.pluginHost()
	defer host.Close()
	d, err := host.Describe(ctx, name, "")
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(map[string]any{
			"schema": 1, "name": d.Name, "version": d.Version, "help": d.Help, "label": d.Label, "aliases": d.Aliases,
			"kinds": d.Kinds, "settings": d.Settings,
		})
	}
	_, err = fmt.Fprintf(a.Out, "# %s\n\n%s\n\n- label in receipt tags: `%s`\n- names in routing tags: `%s`\n- blocks: %s\n\n",
		d.Name, d.Help, d.Label, strings.Join(append([]string{d.Name}, d.Aliases...), "`, `"), joinKinds(d.Kinds))
	if err != nil {
		return err
	}
	return a.printKeys(d.Settings)
}

// printKeys is a table for a reader, and Markdown for a manual.
func (a *App) printKeys(settings schema.Description) error {
	if a.Terminal {
		return a.printTable([]string{"KEY", "VALUE", "DEFAULT", "MEANING"}, schema.Keys(settings))
	}
	_, err := fmt.Fprint(a.Out, schema.Reference(settings))
	return err
}

func joinKinds(kinds []entity.Kind) string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return strings.Join(texts, ", ")
}

type checkView struct {
	Blocker string `json:"blocker"`
	Device  string `json:"device,omitempty"`
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Detail  string `json:"detail,omitempty"`
}

func (v checkView) state() string {
	if v.OK && strings.HasPrefix(v.Detail, entity.NotChecked) {
		return stateNotChecked
	}
	return okOrFailed(v.OK)
}

// checkBlockers probes the named blockers, all when none is named.
func (a *App) checkBlockers(ctx context.Context, names []string) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := cfg.Blockers[name]; !ok {
			return usage(fmt.Errorf("the configuration has no blocker %q", name))
		}
	}
	if err := a.askSecrets(ctx, cfg, nil, false); err != nil {
		return err
	}
	sys, err := a.open(ctx, scope{only: entity.Kinds(), dry: true})
	if err != nil {
		return err
	}
	defer sys.close() //nolint:errcheck // nothing was written
	views := sys.fleet.probe(ctx, names)
	return a.printChecks(views)
}

func (a *App) printChecks(views []checkView) (err error) {
	code := ExitDone
	rows := make([][]string, len(views))
	for i, v := range views {
		if !v.OK {
			code = ExitPartial
		}
		rows[i] = []string{v.Blocker, orDash(v.Device), v.Check, v.state(), orDash(strings.TrimPrefix(v.Detail, entity.NotChecked))}
	}
	if a.json() {
		err = a.printJSON(map[string]any{"schema": 1, "checks": views})
	} else {
		err = a.printTable([]string{"BLOCKER", "DEVICE", "CHECK", "STATE", "DETAIL"}, rows)
	}
	if err == nil && code != ExitDone {
		err = &exit{code, nil}
	}
	return err
}
