package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// openUrgent opens what panic needs: the journal and nothing that may be out of order. Of a configuration with
// problems it takes what can be read.
func (a *App) openUrgent(ctx context.Context, o panicOptions) (*system, error) {
	path, err := a.configPath()
	if err != nil {
		return nil, usage(err)
	}
	cfg, problems := config.Salvage(path)
	a.tell(problems)
	if cfg == nil {
		return nil, &exit{ExitUsage, nil}
	}
	sys := &system{
		app: a, cfg: cfg, log: a.log(), secrets: a.secretStore(), only: entity.Kinds(), urgent: o.deadline.Duration,
		host: a.pluginHost(),
	}
	if o.from != "" {
		sys.journal, err = a.openCopy(ctx, cfg, o)
	} else {
		sys.journal, err = a.openAnyhow(ctx, cfg)
	}
	return sys, err
}

// openAnyhow opens the journal, and where it cannot be written to, works from a copy of it in memory: what is on the
// devices counts for more than the record.
func (a *App) openAnyhow(ctx context.Context, cfg *config.Config) (*journal.Journal, error) {
	j, err := a.openJournal(ctx, cfg, false)
	var damaged *journal.DamagedError
	if err == nil || errors.As(err, &damaged) {
		return j, err
	}
	old, problem := a.lookAtState(ctx, cfg)
	if problem != nil {
		return nil, err
	}
	defer func() { _ = old.Close() }() // nothing was written to it
	held, problem := old.Holdings(ctx)
	if problem != nil {
		return nil, err
	}
	if j, problem = journal.OpenMemory(ctx, old.Owner()); problem != nil {
		return nil, err
	}
	fmt.Fprintf(a.Err, "%v\nit is only read: what is withdrawn now is blocked again by the next pass that can write; stop every other var\n", err)
	if !old.Fresh() {
		problem = j.OwnerFits(ctx)
	}
	return j, errors.Join(problem, j.Adopt(ctx, held))
}

// openCopy opens a backup copy as the journal to work from, unless somebody works with the state. There the panic is
// recorded too, where it can be opened.
func (a *App) openCopy(ctx context.Context, cfg *config.Config, o panicOptions) (*journal.Journal, error) {
	path, err := filepath.Abs(o.from)
	if err != nil {
		return nil, usage(err)
	}
	if err := a.withState(ctx, cfg, func(j *journal.Journal) error { return unused(ctx, j) }); err != nil {
		return nil, err
	}
	copied, err := journal.OpenReadOnly(ctx, "sqlite://"+path, cfg.Owner) // it makes no new one
	if err != nil {
		return nil, usage(fmt.Errorf("--from %s: %w", o.from, err))
	}
	if err := copied.Close(); err != nil {
		return nil, err
	}
	return journal.Open(ctx, "sqlite://"+path, cfg.Owner)
}

// withState opens the configured state beside the copy, where that can be done.
func (a *App) withState(ctx context.Context, cfg *config.Config, do func(*journal.Journal) error) (err error) {
	j, err := a.openJournal(ctx, cfg, false)
	var damaged *journal.DamagedError
	if errors.As(err, &damaged) && damaged.Aside != "" { // it was set aside: there is room for a new one
		fmt.Fprintln(a.Err, err)
		j, err = a.openJournal(ctx, cfg, false)
	}
	if err != nil {
		fmt.Fprintf(a.Err, "the configured state cannot be opened; whether another process works with it is not known: %v\n", err)
		return nil
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return do(j)
}

// unused refuses while a process works with a state.
func unused(ctx context.Context, j *journal.Journal) error {
	leases, err := j.Leases(ctx)
	if err != nil || len(leases) == 0 {
		return err
	}
	busy := &entity.LeasedError{Name: leases[0].Name, Holder: leases[0].Holder, Since: leases[0].Since}
	return &exit{ExitLeased, fmt.Errorf("%w: stop it first, or say panic without --from", busy)}
}
