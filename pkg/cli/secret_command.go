package cli

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/vectra"
	"github.com/var-project/var/pkg/view"
)

func (a *App) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "secret", Short: "Keep the secrets that never stand in the configuration",
		Long: "A secret is looked for under its name, such as brain.hq.token: in the variable VAR_SECRET_BRAIN_HQ_TOKEN, in the file\n" +
			"that VAR_SECRET_BRAIN_HQ_TOKEN_FILE names, in $CREDENTIALS_DIRECTORY, in the predecessor's variables, in the keyring.\n\n" +
			"The keyring is one of encrypted files where there is a pass phrase for it (VAR_KEYRING_PASSPHRASE_FILE,\n" +
			"VAR_KEYRING_PASSPHRASE, or a credential keyring-passphrase); else what the desktop has; else pass. VAR_KEYRING_BACKEND\n" +
			"names another: secret-service, kwallet, keychain, wincred, pass, file, keyctl (the kernel's, which forgets when the\n" +
			"machine starts anew), or none.",
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "set NAME", Short: "Store a secret in the keyring; it is read from the terminal, or is all of stdin", Args: oneArg,
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
	value, err := a.readSecret(ctx, name)
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
	a.tellKept(ctx, need{name: name}, origin)
	return nil
}

// readSecret asks on a terminal without echo; a pipe gives its first line.
func (a *App) readSecret(ctx context.Context, name string) (secret.String, error) {
	if a.interactive() {
		return a.askHidden(ctx, name+": ")
	}
	text, err := io.ReadAll(io.LimitReader(a.In, maxSecret+1))
	if err != nil {
		return secret.String{}, err
	}
	return secret.New(strings.TrimSpace(string(text))), nil
}

type secretView struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"`
	Found    string `json:"found,omitempty"`
	Problem  string `json:"problem,omitempty"`
	// Until is when a login that is kept is of no use any more.
	Until time.Time `json:"until,omitzero"`
	// Former are variables of the predecessor that are read too.
	Former []string `json:"former,omitempty"`
	// absent: it is in none of the places, and none of them failed.
	absent bool
}

func (a *App) listSecrets(ctx context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	brains := slices.Sorted(maps.Keys(cfg.Brains))
	all, err := a.needs(ctx, cfg, brains)
	if err != nil {
		return err
	}
	views, missing := a.viewSecrets(ctx, all)
	if err := a.printSecrets(append(views, a.viewLogins(ctx, brains)...)); err != nil {
		return err
	}
	if missing {
		return &exit{ExitUsage, nil}
	}
	return nil
}

// viewSecrets also reports that one is missing which is needed, or that one cannot be had from where it is.
func (a *App) viewSecrets(ctx context.Context, all []need) (views []secretView, missing bool) {
	for _, n := range all {
		v := secretView{Name: n.name, Optional: n.optional, Former: n.former}
		if _, origin, err := a.find(ctx, n); err == nil {
			v.Found = origin.String()
		} else {
			v.Problem, v.absent = err.Error(), errors.Is(err, secretstore.ErrNotFound)
			missing = missing || !n.optional || !v.absent
		}
		views = append(views, v)
	}
	return views, missing
}

// viewLogins are the logins that are kept for other runs.
func (a *App) viewLogins(ctx context.Context, brains []string) (views []secretView) {
	for _, brain := range brains {
		name := secretstore.Login(brain)
		if text, there, err := a.secretStore().Kept(ctx, name); there && err == nil {
			views = append(views, secretView{
				Name: name, Optional: true, Found: secretstore.StoreKeyring, Until: vectra.LoginUntil(text.Reveal()),
			})
		}
	}
	return views
}

func (a *App) printSecrets(all []secretView) error {
	if a.json() {
		return a.printJSON(map[string]any{"schema": 1, "secrets": all})
	}
	var rows [][]string
	for _, s := range all {
		state := s.Found
		switch {
		case !s.Until.IsZero():
			state += ", a login until " + view.Stamp(s.Until)
		case state != "":
		case !s.absent:
			state = "FAILED: " + inert.Line(s.Problem)
		case s.Optional:
			state = "not set (optional)"
		default:
			state = "missing: " + inert.Line(s.Problem)
		}
		rows = append(rows, []string{s.Name, state})
	}
	return a.printTable([]string{"NAME", "FOUND"}, rows)
}
