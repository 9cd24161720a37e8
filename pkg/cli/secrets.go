package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
)

// keeping says what a run does with secrets besides looking for them.
type keeping struct {
	// noStore: nothing is put into the keyring. update: each secret is asked for anew.
	noStore, update bool
	// plaintext counts how often somebody said that secrets may be readable.
	plaintext int
}

// storeFlags are those of commands that may come to know a secret.
func (a *App) storeFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.keeping.noStore, "no-store-secrets", false, "put nothing into the keyring: neither what is asked for, nor keys and logins that were obtained")
	cmd.Flags().BoolVar(&a.keeping.update, "update-secrets", false, "ask on the terminal for each secret that is needed, in place of what is kept")
}

func (k keeping) check() error {
	if k.plaintext == 1 {
		return usage(errors.New("--plaintext keeps secrets in files of mode 0600 that are not encrypted: give it twice if that is meant, " +
			"or set VAR_KEYRING_PASSPHRASE_FILE for encrypted ones"))
	}
	return nil
}

// underscores lets flags be written as the predecessor's were.
func underscores(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
}

// secretStore is the one that this process uses: what was typed and must not be kept is known to it alone.
func (a *App) secretStore() *secretstore.Store {
	if a.vault == nil {
		a.vault = secretstore.New(secretstore.Options{Log: a.log(), Plain: a.keeping.plaintext > 1, Found: a.learn})
	}
	return a.vault
}

// learn keeps secrets out of the log.
func (a *App) learn(s secret.String) { a.book.mask.Learn(s) }

// need is a secret that the configuration asks for.
type need struct {
	name     string
	help     string
	optional bool
	// former are variables in which the predecessor had it.
	former []string
}

func (a *App) find(ctx context.Context, n need) (secret.String, secretstore.Origin, error) {
	return a.secretStore().Get(ctx, n.name, n.former...)
}

// brainSecrets are what each secret of a brain is, and what the predecessor called it after the brain's address.
var brainSecrets = map[string]struct{ help, former string }{
	"token":         {"API token of a user", "Token"},
	"client_id":     {"id of the API client", "Client_ID"},
	"client_secret": {"secret key of the API client", "Secret_Key"},
}

// brainNeeds are the secrets that a brain is logged in to with.
func brainNeeds(name string, b config.Brain) []need {
	var all []need
	for _, full := range b.Secrets(name) {
		kind := brainSecrets[full[strings.LastIndexByte(full, '.')+1:]]
		n := need{name: full, help: kind.help}
		for _, spelling := range schema.Spellings(b.URL) {
			n.former = append(n.former, spelling+"_"+kind.former)
		}
		all = append(all, n)
	}
	return all
}

func blockerNeed(blocker string, w schema.Wanted) need {
	return need{name: "blocker." + blocker + "." + w.Name, help: strings.TrimSuffix(w.Help, "."), optional: w.Optional, former: w.Former}
}

// needs are the secrets of the state, of these brains, of channels, and of blockers as their plugins describe them. Blockers whose
// plugin cannot be asked are left out, with an error.
func (a *App) needs(ctx context.Context, cfg *config.Config, brains []string) ([]need, error) {
	var all []need
	if cfg.StateOnServer() {
		all = append(all, need{name: config.StatePassword, help: "password of the state's server", optional: true})
	}
	for _, name := range brains {
		all = append(all, brainNeeds(name, cfg.Brains[name])...)
	}
	for _, w := range cfg.Notify.Secrets() {
		all = append(all, need{name: w.Name, help: strings.TrimSuffix(w.Help, "."), optional: w.Optional, former: w.Former})
	}
	host := a.pluginHost()
	defer host.Close()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		more, err := blockerNeeds(ctx, host, name, cfg.Blockers[name])
		all, errs = append(all, more...), append(errs, err)
	}
	return all, errors.Join(errs...)
}

func blockerNeeds(ctx context.Context, host *pluginhost.Host, name string, b config.Blocker) ([]need, error) {
	d, err := host.Describe(ctx, b.Plugin, b.SHA256)
	if err != nil {
		return nil, fmt.Errorf("blocker %s: %w", name, err)
	}
	var all []need
	for _, w := range schema.Secrets(d.Settings, b.Settings) {
		all = append(all, blockerNeed(name, w))
	}
	return all, nil
}

// checkVariables refuses names that differ and would have their secrets in the same variable.
func checkVariables(all []need) error {
	seen := map[string]string{}
	for _, n := range all {
		variable := secretstore.Variable(n.name)
		if other := cmp.Or(seen[variable], n.name); other != n.name {
			return usage(fmt.Errorf("the secrets %s and %s would both be in $%s: rename one of what they belong to", other, n.name, variable))
		}
		seen[variable] = n.name
	}
	return nil
}
