package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/schema"
)

func (a *App) configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of the configuration, with the settings of the plugins that are found", Args: noArgs,
		Long: "schema prints a JSON schema (draft 2020-12) for editors and other programs: completion, help and mistakes while you\n" +
			"write. What it cannot say, \"config check\" does.",
		Example: "  var config schema > /etc/var/schema.json\n  # first line of config.toml, for editors with Taplo:\n  #:schema /etc/var/schema.json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.printSchema(cmd.Context()) },
	}
}

func (a *App) printSchema(ctx context.Context) error {
	host := a.pluginHost()
	defer host.Close()
	plugins := map[string]schema.Description{}
	for _, f := range host.Find() {
		err := f.Err
		if err == nil {
			d, problem := host.Describe(ctx, f.Name, "")
			plugins[f.Name], err = d.Settings, problem
		}
		if err != nil {
			delete(plugins, f.Name)
			fmt.Fprintf(a.Err, "the settings of plugin %s are not in it: %s\n", f.Name, inert.Line(err.Error()))
		}
	}
	s, err := config.JSONSchema(plugins)
	if err != nil {
		return err
	}
	out := json.NewEncoder(a.Out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(s)
}
