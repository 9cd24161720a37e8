package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/setup"
)

// askable makes "var config" without more words ask its questions.
func (a *App) askable(cmd *cobra.Command) {
	var accessible bool
	cmd.Long = "config without a further word asks for everything that a configuration needs, on a terminal: what the file says\n" +
		"is each answer to begin with, what is answered is tried out, and nothing is written before the last question."
	cmd.Example = "  var config\n  var config --accessible\n  var config --config /etc/var/config.toml\n  var config set run.interval 10m"
	cmd.Flags().BoolVar(&accessible, "accessible", false, "ask line by line, for screen readers and plain terminals (also VAR_ACCESSIBLE)")
	cmd.Flags().BoolVar(&a.keeping.noStore, "no-store-secrets", false, "use what is typed for trying out alone, and store no secret")
	cmd.Args = noCommand
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.setUp(cmd.Context(), accessible) }
}

// setUp asks on a terminal, writes what was answered, and shows the plan to who wants to see it.
func (a *App) setUp(ctx context.Context, accessible bool) error {
	in, out, ok := a.screen()
	if !ok {
		return usage(errors.New("config asks its questions on a terminal, and this is none: set single values with " +
			"\"var config set KEY VALUE\", or take over what a predecessor left with \"var config import FILE\""))
	}
	path := a.setUpPath()
	d, err := config.OpenDocument(path)
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(a.Out, "var config: %s\n", path)
	q, err := a.questions(in, out, accessible)
	if err != nil {
		return err
	}
	result, err := a.converse(ctx, d, q)
	switch {
	case errors.Is(err, setup.ErrEnded):
		return errors.New("nothing was written")
	case err != nil:
		return err
	case !result.Written:
		fmt.Fprintln(a.Err, "nothing was written")
	}
	if !result.Plan {
		return nil
	}
	a.config, a.vault = path, a.secretStore().With(result.Given)
	err = a.run(ctx, runOptions{dry: true})
	if ctx.Err() != nil {
		fmt.Fprintf(a.Err, "%s is written; only the plan was ended\n", path)
	}
	return err
}

// converse asks until all is answered, and then leaves the terminal to others.
func (a *App) converse(ctx context.Context, d *config.Document, q questions) (_ setup.Result, err error) {
	defer func() { err = errors.Join(err, q.Close()) }()
	try := a.newTrial(slog.New(slog.DiscardHandler))
	try.asked = true
	return setup.Run(ctx, d, setup.Options{
		Prompter: q, Trial: try, Keyring: storedSecrets{a.secretStore()},
		BrainNeeds: setUpNeeds, Now: a.Now, KeepSecrets: !a.keeping.noStore,
	})
}

// setUpPath is the file that the answers belong into: the one that var would read, else one that is made here.
func (a *App) setUpPath() string {
	if path, err := a.configPath(); err == nil {
		return path
	}
	return configPaths[0]
}

// screen is the terminal that can be asked on: input and output must both be one.
func (a *App) screen() (in, out *os.File, ok bool) {
	in, isFile := a.In.(*os.File)
	out, alsoFile := a.Out.(*os.File)
	ok = isFile && alsoFile && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
	return in, out, ok
}

// questions are asked, and end with Close.
type questions interface {
	setup.Prompter
	io.Closer
}

func (a *App) questions(in, out *os.File, accessible bool) (questions, error) {
	if accessible || truthy(a.Getenv("VAR_ACCESSIBLE")) || a.Getenv("TERM") == "dumb" {
		return setup.NewLines(in, out), nil
	}
	return setup.NewScreen(in, out)
}

func setUpNeeds(name string, b config.Brain) []setup.Need {
	var all []setup.Need
	for _, n := range brainNeeds(name, b) {
		all = append(all, setup.Need{Name: n.name, Help: n.help + ".", Optional: n.optional, Former: n.former})
	}
	return all
}

// storedSecrets is the store as questions see it.
type storedSecrets struct{ *secretstore.Store }

// Find says where a secret is; one that is nowhere is no error.
func (s storedSecrets) Find(ctx context.Context, name string, former ...string) (string, error) {
	_, origin, err := s.Get(ctx, name, former...)
	if errors.Is(err, secretstore.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return origin.String(), nil
}

// Set stores a secret and says where.
func (s storedSecrets) Set(ctx context.Context, name string, value secret.String) (string, error) {
	origin, err := s.Store.Set(ctx, name, value)
	return origin.String(), err
}
