package setup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// Keyring keeps secrets by their full names.
type Keyring interface {
	// Ready says what keeps secrets from being stored; nil when they can be.
	Ready(ctx context.Context) error
	// Find says where a secret is found now, wherever that is: "keyring file"; empty when nowhere. Former are the
	// variables in which a predecessor may have it.
	Find(ctx context.Context, name string, former ...string) (string, error)
	// Kept is what the keyring itself has; false when it has nothing of this name.
	Kept(ctx context.Context, name string) (secret.String, bool, error)
	// Set puts a secret into the keyring and says which that is, Delete takes it out.
	Set(ctx context.Context, name string, value secret.String) (string, error)
	Delete(ctx context.Context, name string) error
}

// Need is a secret that is asked for.
type Need struct {
	// Name is its full name: "brain.hq.token".
	Name, Help string
	// Optional: it may be missing.
	Optional bool
	// Former are variables in which a predecessor may have it.
	Former []string
}

// secret asks for a secret without showing it. One that is found is kept unless another is typed.
func (t *talk) secret(ctx context.Context, n Need) error {
	where, err := find(ctx, t, func() string { return t.found(ctx, n) })
	if err != nil {
		return err
	}
	q := Question{Key: n.Name, Help: strings.TrimSpace(n.Help + " " + standing(where, n.Optional)), Form: Hidden, Kept: where != ""}
	answer, err := t.ask(ctx, q)
	if err == nil && answer == "" && where == "" && !n.Optional {
		answer, err = t.insist(ctx, q)
	}
	if err != nil {
		return err
	}
	if answer != "" {
		t.given[n.Name] = secret.New(answer)
		t.typed++
	}
	switch {
	case answer == "" && where == "" && !n.Optional:
		return t.tell(fmt.Sprintf("%s: not set; store it later with: var secret set %s", n.Name, n.Name))
	case answer != "" && t.KeepSecrets && where != "" && where != yours && !strings.HasPrefix(where, "keyring"):
		return t.tell(fmt.Sprintf("%s: %s goes before what the keyring has: take it out there", n.Name, where))
	}
	return nil
}

// insist asks once more for a secret that is nowhere and without which nothing works.
func (t *talk) insist(ctx context.Context, q Question) (string, error) {
	if err := t.tell(q.Key + ": nothing was typed, and nothing is found anywhere: without it this cannot work"); err != nil {
		return "", err
	}
	return t.ask(ctx, q)
}

// yours is where a secret is that was typed before.
const yours = "what you typed"

// found is where a secret is: among the answers, or where the keyring says.
func (t *talk) found(ctx context.Context, n Need) string {
	if _, given := t.given[n.Name]; given {
		return yours
	}
	where, err := t.Keyring.Find(ctx, n.Name, n.Former...)
	if err != nil {
		return "a place that cannot be read: " + oneLine(err.Error())
	}
	return where
}

// former are the variables in which a predecessor may have the secret of a blocker: its plugin knows them.
func (t *talk) former(name string) []string {
	words := strings.SplitN(name, ".", 3)
	if len(words) < 3 || words[0] != "blocker" {
		return nil
	}
	b := t.config().Blockers[words[1]]
	plugin, _ := t.plugin(b.Plugin)
	for _, w := range schema.Secrets(plugin.Settings, b.Settings) {
		if w.Name == words[2] {
			return w.Former
		}
	}
	return nil
}

func standing(where string, optional bool) string {
	switch {
	case where != "":
		return "Found in " + where + "; leave this empty to keep it."
	case optional:
		return "May stay empty."
	}
	return "Not found anywhere."
}

// store puts what was given into the keyring, all of it or nothing, and gives the way back.
func store(ctx context.Context, k Keyring, given Secrets) (undo func() error, told []string, err error) {
	var back []func() error
	undo = func() error {
		var errs []error
		for _, one := range slices.Backward(back) {
			errs = append(errs, one())
		}
		return errors.Join(errs...)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		before, had, err := k.Kept(ctx, name)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("secret %s: %w", name, err), undo())
		}
		back = append(back, restorer(ctx, k, name, before, had))
		where, err := k.Set(ctx, name, given[name])
		if err != nil {
			return nil, nil, errors.Join(err, undo())
		}
		told = append(told, fmt.Sprintf("%s: kept in %s", name, where))
	}
	return undo, told, nil
}

func restorer(ctx context.Context, k Keyring, name string, before secret.String, had bool) func() error {
	return func() error {
		if had {
			_, err := k.Set(ctx, name, before)
			return err
		}
		if _, there, err := k.Kept(ctx, name); err != nil || !there {
			return err
		}
		return k.Delete(ctx, name)
	}
}
