package cli

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/secretstore"
)

// openJournal opens what is there; a dry run makes none.
func (a *App) openJournal(ctx context.Context, cfg *config.Config, dry bool) (*journal.Journal, error) {
	if !dry {
		return a.openState(ctx, cfg)
	}
	j, err := a.lookAtState(ctx, cfg)
	if errors.Is(err, journal.ErrAbsent) {
		return journal.OpenMemory(ctx, cfg.Owner)
	}
	return j, err
}

// openState opens the journal that the configuration names.
func (a *App) openState(ctx context.Context, cfg *config.Config) (*journal.Journal, error) {
	opts, err := a.stateOptions(ctx, cfg)
	if err != nil {
		return nil, err
	}
	j, err := journal.Open(ctx, cfg.State, cfg.Owner, opts...)
	if err == nil && j.Lost() != "" {
		a.log().Warn("the state was lost", "problem", j.Lost())
	}
	return j, err
}

// lookAtState opens it without writing anything; journal.ErrAbsent says that there is none.
func (a *App) lookAtState(ctx context.Context, cfg *config.Config) (*journal.Journal, error) {
	opts, err := a.stateOptions(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return journal.OpenReadOnly(ctx, cfg.State, cfg.Owner, opts...)
}

// stateOptions are what a server asks for. Without a secret it may know the user in another way.
func (a *App) stateOptions(ctx context.Context, cfg *config.Config) ([]journal.Option, error) {
	if !cfg.StateOnServer() {
		return nil, nil
	}
	password, _, err := a.secretStore().Get(ctx, config.StatePassword)
	if errors.Is(err, secretstore.ErrNotFound) {
		return nil, nil
	}
	return []journal.Option{journal.Password(password.Reveal())}, err
}
