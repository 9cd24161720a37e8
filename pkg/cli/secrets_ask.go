package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/setup"
)

// askSecrets has whoever sits at the terminal give the secrets that are needed and nowhere to be found; with
// --update-secrets all of them. Whoever leaves at one of the questions leaves all as it was. A dry run keeps none of it.
func (a *App) askSecrets(ctx context.Context, cfg *config.Config, brains []string, dry bool) error {
	switch asked := a.interactive() && a.ErrTerminal; {
	case !asked && a.keeping.update:
		return usage(errors.New("--update-secrets asks on a terminal, and there is none: use \"var secret set NAME\", which reads stdin"))
	case !asked:
		return nil
	}
	if len(brains) == 0 {
		brains = slices.Sorted(maps.Keys(cfg.Brains))
	}
	defer func() { a.keeping.update = false }()      // once is enough
	all, _ := a.needs(ctx, atWork(cfg, dry), brains) // what cannot be asked about is told when it is opened
	var given []func() error
	for _, n := range all {
		keep, err := a.askSecret(ctx, n, dry)
		if err != nil {
			return err
		}
		given = append(given, keep)
	}
	for _, keep := range given {
		if err := keep(); err != nil {
			return err
		}
	}
	return nil
}

// atWork is the configuration without what is switched off. A dry run tells nobody.
func atWork(cfg *config.Config, dry bool) *config.Config {
	some := *cfg
	some.Blockers = maps.Clone(cfg.Blockers)
	maps.DeleteFunc(some.Blockers, func(_ string, b config.Blocker) bool { return !b.Enabled })
	if dry {
		some.Notify = config.Notify{}
	}
	if m := some.Notify.Mail; m != nil && !m.Enabled {
		some.Notify.Mail = nil
	}
	some.Notify.Webhook = maps.Clone(some.Notify.Webhook)
	maps.DeleteFunc(some.Notify.Webhook, func(_ string, w config.Webhook) bool { return !w.Enabled })
	return &some
}

// askSecret asks for a secret, and gives what is to be done with the answer.
func (a *App) askSecret(ctx context.Context, n need, dry bool) (keep func() error, err error) {
	nothing := func() error { return nil }
	_, _, err = a.find(ctx, n)
	missing := errors.Is(err, secretstore.ErrNotFound) && !n.optional
	if !missing && !a.keeping.update {
		return nothing, nil
	}
	value, err := a.askHidden(ctx, n.question(missing))
	switch {
	case err != nil || value.Empty():
		return nothing, err
	case n.optional && value.Reveal() == dropped:
		return func() error { return a.dropSecret(ctx, n, dry) }, nil
	}
	return func() error { a.keepSecret(ctx, n, value, dry); return nil }, nil
}

// dropped is the answer that takes an optional secret away, such as a key that is to be obtained anew.
const dropped = "-"

func (n need) question(missing bool) string {
	question := n.name
	if n.help != "" {
		question += " (" + n.help + ")"
	}
	switch {
	case missing:
		return question + ": "
	case n.optional:
		return question + ", nothing leaves it as it is, " + dropped + " drops it: "
	}
	return question + ", nothing leaves it as it is: "
}

// keepSecret puts a secret into the keyring where that is wanted and possible; else this process alone knows it.
func (a *App) keepSecret(ctx context.Context, n need, value secret.String, dry bool) {
	if !dry && !a.keeping.noStore {
		origin, err := a.secretStore().Set(ctx, n.name, value)
		if err == nil {
			a.tellKept(ctx, n, origin)
			return
		}
		fmt.Fprintf(a.Err, "%s: used now and not kept: %v\n", n.name, err)
	}
	a.vault = a.secretStore().With(map[string]secret.String{n.name: value})
}

// dropSecret takes a secret out of the keyring.
func (a *App) dropSecret(ctx context.Context, n need, dry bool) error {
	if dry || a.keeping.noStore {
		return usage(fmt.Errorf("%s: nothing is taken out of the keyring in a run that keeps nothing: var secret delete %s", n.name, n.name))
	}
	err := a.secretStore().Delete(ctx, n.name)
	if err == nil {
		fmt.Fprintf(a.Err, "%s: not kept any more\n", n.name)
	} else if errors.Is(err, secretstore.ErrNotFound) {
		err = nil
	}
	return err
}

// tellKept says where a secret is, and what goes before it there.
func (a *App) tellKept(ctx context.Context, n need, kept secretstore.Origin) {
	fmt.Fprintf(a.Err, "%s: kept in %s\n", n.name, kept)
	if kept.Fleeting() {
		fmt.Fprintf(a.Err, "%s: the kernel forgets it when the machine starts anew\n", n.name)
	}
	if _, found, err := a.find(ctx, n); err == nil && found != kept {
		fmt.Fprintf(a.Err, "%s: %s goes before the keyring, and is what is used\n", n.name, found)
	}
}

// askHidden asks on a terminal without echo. A context that ends leaves the terminal as it was.
func (a *App) askHidden(ctx context.Context, question string) (secret.String, error) {
	f, ok := a.In.(interface{ Fd() uintptr })
	if !ok {
		return secret.String{}, errors.New("nobody can be asked here")
	}
	if err := context.Cause(ctx); err != nil {
		return secret.String{}, err
	}
	line, err := setup.AskBlind(ctx, int(f.Fd()), func() { fmt.Fprint(a.Err, question) })
	fmt.Fprintln(a.Err)
	return secret.New(strings.TrimSpace(string(line))), err
}
