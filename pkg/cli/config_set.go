package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/schema"
)

func (a *App) configSetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "set KEY VALUE [KEY VALUE]…", Short: "Put values into the configuration file, when it is right with them", Args: pairArgs,
		Long: "set changes single values of the file and leaves every other byte of it as it is, comments included. What would make\n" +
			"the configuration wrong is not written. Keys are written as \"config check\" shows them. A list is parted by commas;\n" +
			"a table is written as TOML.",
		Example: "  var config set run.interval 10m\n" +
			"  var config set hosts.score '{ threat = 80, certainty = 80 }'\n" +
			"  var config set never_block.targets 10.0.0.0/30,dc01.example.net\n" +
			"  var config set blocker.edge.plugin fortigate 'blocker.edge.settings.device[0].name' fw1 \\\n" +
			"      'blocker.edge.settings.device[0].url' https://fw1.example.net",
		RunE: func(cmd *cobra.Command, args []string) error { return a.setConfig(cmd.Context(), args) },
	}
}

func (a *App) configUnsetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "unset KEY…", Short: "Take keys or tables out of the configuration file: their defaults count", Args: atLeastOneArg,
		RunE: func(cmd *cobra.Command, args []string) error { return a.unsetConfig(cmd.Context(), args) },
	}
}

func pairArgs(_ *cobra.Command, args []string) error {
	if len(args) == 0 || len(args)%2 != 0 {
		return usage(errors.New("want KEY VALUE, or several of both; an empty value is \"\""))
	}
	return nil
}

// editor changes the file, when it is not wronger afterwards.
type editor struct {
	app      *App
	host     *pluginhost.Host
	document *config.Document
	// before is what was wrong already.
	before []config.Problem
	// placed: the state is put elsewhere.
	placed bool
	// strangers are names of tables that were not there before, and like one that was.
	strangers []string
}

func (a *App) setConfig(ctx context.Context, pairs []string) error {
	return a.editConfig(ctx, func(e *editor) error {
		for pair := range slices.Chunk(pairs, 2) {
			if err := e.set(ctx, pair[0], pair[1]); err != nil {
				return err
			}
			e.placed = e.placed || pair[0] == "state"
		}
		return nil
	})
}

func (a *App) unsetConfig(ctx context.Context, keys []string) error {
	return a.editConfig(ctx, func(e *editor) error {
		for _, key := range keys {
			if err := e.document.Remove(key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) editConfig(ctx context.Context, change func(*editor) error) error {
	d, err := a.openDocument(a.setUpPath())
	if err != nil {
		return err
	}
	e := &editor{app: a, host: a.pluginHost(), document: d}
	defer e.host.Close()
	e.before = e.problems(ctx)
	if err := change(e); err != nil {
		return usage(err)
	}
	return e.save(ctx)
}

func (a *App) openDocument(path string) (*config.Document, error) {
	d, err := config.OpenDocument(path)
	var p config.Problem
	if errors.As(err, &p) {
		a.tell([]config.Problem{p})
		return nil, &exit{ExitUsage, nil}
	}
	return d, usage(err)
}

func (e *editor) set(ctx context.Context, key, text string) error {
	k, err := e.document.Key(key, func(blocker string) (schema.Description, bool) { return e.settings(ctx, blocker) })
	switch {
	case err != nil:
		return err
	case k.Suspect():
		return fmt.Errorf("%s: secrets never stand in the file; store it with: var secret set %s", key, k.Secret)
	}
	value, err := k.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if stranger := e.document.Stranger(key); stranger != "" {
		e.strangers = append(e.strangers, stranger)
	}
	return e.document.Set(key, value)
}

// settings describes those of a blocker, when its plugin can be asked.
func (e *editor) settings(ctx context.Context, blocker string) (schema.Description, bool) {
	plugin, _ := e.document.Get("blocker." + blocker + ".plugin")
	name, _ := plugin.(string)
	d, err := e.host.Describe(ctx, name, "")
	return d.Settings, err == nil
}

// problems are all that is wrong with the document, as far as plugins are concerned too.
func (e *editor) problems(ctx context.Context) []config.Problem {
	cfg, problems := e.document.Salvage()
	if cfg == nil {
		return problems
	}
	return append(problems, e.app.pluginProblems(ctx, e.host, cfg)...)
}

// news are the problems that were not there before.
func (e *editor) news(after []config.Problem) []config.Problem {
	return slices.DeleteFunc(slices.Clone(after), func(p config.Problem) bool {
		return p.Warning || slices.ContainsFunc(e.before, func(old config.Problem) bool { return old.Path == p.Path && old.Text == p.Text })
	})
}

// save writes the document unless something is wrong with it that was not before.
func (e *editor) save(ctx context.Context) error {
	after := e.problems(ctx)
	if news := e.news(after); len(news) > 0 {
		e.app.tell(news)
		return usage(errors.New(strings.Join(append([]string{"nothing was written"}, e.strangers...), ": ")))
	}
	if !e.document.Changed() {
		fmt.Fprintln(e.app.Err, "the file says so already: nothing was written")
		return nil
	}
	if err := e.document.Save(); err != nil {
		return err
	}
	if e.app.tell(after) {
		fmt.Fprintln(e.app.Err, "written; what is told above was wrong before, and still is")
	}
	if e.placed {
		e.app.warnOfState(e.document)
	}
	return nil
}
