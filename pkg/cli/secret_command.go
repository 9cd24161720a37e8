package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

func (a *App) secretCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "secret", Short: "Keep the secrets that never stand in the configuration"}
	cmd.AddCommand(
		&cobra.Command{
			Use: "set NAME", Short: "Store a secret in the keyring; it is read from the terminal or from stdin", Args: oneArg,
			RunE: func(cmd *cobra.Command, args []string) error { return a.setSecret(cmd.Context(), args[0]) },
		},
		&cobra.Command{
			Use: "list", Short: "Show which secrets the configuration needs and where each was found", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return a.listSecrets(cmd.Context()) },
		},
		&cobra.Command{
			Use: "delete NAME", Short: "Take a secret out of the keyring", Args: oneArg,
			RunE: func(cmd *cobra.Command, args []string) error { return a.secretStore().Delete(cmd.Context(), args[0]) },
		},
	)
	return cmd
}

// maxSecret bounds what is read from stdin, in bytes.
const maxSecret = 64 << 10

func (a *App) setSecret(ctx context.Context, name string) error {
	value, err := a.readSecret(name)
	if err != nil {
		return err
	}
	if value.Empty() {
		return usage(errors.New("the secret is empty: nothing was stored"))
	}
	origin, err := a.secretStore().Set(ctx, name, value)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Err, "%s: kept in %s\n", name, origin)
	return err
}

// readSecret asks on a terminal without echo; a pipe gives its first line.
func (a *App) readSecret(name string) (secret.String, error) {
	if f, ok := a.In.(interface{ Fd() uintptr }); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(a.Err, "%s: ", name)
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.Err)
		return secret.New(strings.TrimSpace(string(text))), err
	}
	line, err := bufio.NewReader(io.LimitReader(a.In, maxSecret)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return secret.String{}, err
	}
	return secret.New(strings.TrimSpace(line)), nil
}

type secretView struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"`
	Found    string `json:"found,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

func (a *App) listSecrets(ctx context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	wanted, err := a.wantedSecrets(ctx, cfg)
	if err != nil {
		return err
	}
	store := a.secretStore()
	missing := false
	for i := range wanted {
		w := &wanted[i]
		_, origin, err := store.Get(ctx, w.Name)
		if err == nil {
			w.Found = origin.String()
			continue
		}
		w.Problem = err.Error()
		missing = missing || !w.Optional
	}
	if err := a.printSecrets(wanted); err != nil {
		return err
	}
	if missing {
		return &exit{ExitUsage, nil}
	}
	return nil
}

// wantedSecrets are those of the state, of brains, and of blockers as their plugins describe them.
func (a *App) wantedSecrets(ctx context.Context, cfg *config.Config) ([]secretView, error) {
	var all []secretView
	if cfg.StateOnServer() {
		all = append(all, secretView{Name: config.StatePassword, Optional: true})
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Brains)) {
		for _, s := range cfg.Brains[name].Secrets(name) {
			all = append(all, secretView{Name: s})
		}
	}
	host := a.pluginHost()
	defer host.Close()
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		b := cfg.Blockers[name]
		d, err := host.Describe(ctx, b.Plugin, b.SHA256)
		if err != nil {
			return nil, fmt.Errorf("blocker %s: %w", name, err)
		}
		for _, w := range schema.Secrets(d.Settings, b.Settings) {
			all = append(all, secretView{Name: "blocker." + name + "." + w.Name, Optional: w.Optional})
		}
	}
	return all, nil
}

func (a *App) printSecrets(all []secretView) error {
	if a.json() {
		return a.printJSON(map[string]any{"schema": 1, "secrets": all})
	}
	var rows [][]string
	for _, s := range all {
		state := s.Found
		switch {
		case state != "":
		case s.Optional:
			state = "not set (optional)"
		default:
			state = "missing: " + oneLine(s.Problem)
		}
		rows = append(rows, []string{s.Name, state})
	}
	return a.printTable([]string{"NAME", "FOUND"}, rows)
}
