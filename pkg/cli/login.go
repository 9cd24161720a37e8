package cli

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/vectra"
)

// keptLogin keeps the login of a brain in the keyring, where every run finds it.
type keptLogin struct {
	secrets *secretstore.Store
	name    string
	log     *slog.Logger
	// readOnly: what is there is used, and nothing is put there.
	readOnly bool
	warned   sync.Once
}

var _ vectra.Tokens = (*keptLogin)(nil)

func (s *system) tokens(brain string) vectra.Tokens {
	return &keptLogin{secrets: s.secrets, name: secretstore.Login(brain), log: s.log, readOnly: s.dry || s.app.keeping.noStore}
}

// Load reads what is kept. A keyring that fails is told of where it is needed: when the credentials are read from it,
// or when a login is kept.
func (k *keptLogin) Load(ctx context.Context) string {
	text, _, err := k.secrets.Kept(ctx, k.name)
	if err != nil {
		return ""
	}
	return text.Reveal()
}

// Save keeps a login, or drops it. Failing costs other runs a login each, which is worth one warning.
func (k *keptLogin) Save(ctx context.Context, text string) {
	if k.readOnly {
		return
	}
	err := k.put(ctx, text)
	switch {
	case err == nil:
	case errors.Is(err, secretstore.ErrNoKeyring):
		k.log.Info("login not kept: each run makes its own", "login", k.name, "error", err)
	default:
		k.warned.Do(func() { k.log.Warn("login not kept: each run makes its own", "login", k.name, "error", err) })
	}
}

func (k *keptLogin) put(ctx context.Context, text string) error {
	if text != "" {
		_, err := k.secrets.Set(ctx, k.name, secret.New(text))
		return err
	}
	if err := k.secrets.Delete(ctx, k.name); err != nil && !errors.Is(err, secretstore.ErrNotFound) {
		return err
	}
	return nil
}
