package cli

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/journal"
)

// withJournal opens the journal for a command that a person gave, and closes it.
func (a *App) withJournal(ctx context.Context, do func(*config.Config, *journal.Journal) error) error {
	return a.holdJournal(ctx, false, do)
}

// readJournal opens the journal for looking; where there is none it is an empty one.
func (a *App) readJournal(ctx context.Context, do func(*config.Config, *journal.Journal) error) error {
	return a.holdJournal(ctx, true, do)
}

func (a *App) holdJournal(ctx context.Context, look bool, do func(*config.Config, *journal.Journal) error) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	j, err := a.openJournal(ctx, cfg, look)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return do(cfg, j)
}
