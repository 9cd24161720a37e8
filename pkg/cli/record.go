package cli

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/journal"
)

// withJournal opens the journal for a command that a person gave, and closes it.
func (a *App) withJournal(ctx context.Context, do func(*journal.Journal) error) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	j, err := a.openJournal(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return do(j)
}

// readJournal opens the journal for looking; where there is none it is an empty one.
func (a *App) readJournal(ctx context.Context, do func(*journal.Journal) error) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	j, err := a.openJournal(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return do(j)
}
