package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

func (a *App) configRenameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rename OLD NEW", Short: "Give a brain, a blocker or a device another name, in the file, the state and the keyring", Args: twoArgs,
		Long: "Names are identities: what is held is held under them. rename changes a name everywhere at once. It waits for passes that\n" +
			"are under way. When it is interrupted, no pass is made before it was given again and is done. What a blocker has put on\n" +
			"devices keeps its marks, which blocker.NAME.mark says from then on.",
		Example: "  var config rename brain.hq brain.eu\n  var config rename blocker.edge blocker.dc\n  var config rename blocker.edge.device.fw1 blocker.edge.device.fw-north",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.renameConfig(cmd.Context(), args[0], args[1]) },
	}
}

func (a *App) renameConfig(ctx context.Context, former, name string) error {
	t, err := parseRename(former, name)
	if err != nil {
		return usage(err)
	}
	r, err := a.newRenaming(ctx, t)
	if err != nil {
		return err
	}
	defer r.close()
	for _, step := range r.steps() {
		if err := step(ctx); err != nil {
			return err
		}
	}
	r.tell(ctx)
	return nil
}

// renaming is one rename under way. Each step may be done again: one that is done already changes nothing.
type renaming struct {
	*editor
	title
	cfg *config.Config
	// journal is nil when there is none: then nothing stands in it.
	journal *journal.Journal
	was     renames
	// patience is how long each pass that is under way is waited for.
	patience time.Duration
	leave    []func()
}

// newRenaming looks whether the name can be changed, and changes it in the document.
func (a *App) newRenaming(ctx context.Context, t title) (_ *renaming, err error) {
	path, err := a.configPath()
	if err != nil {
		return nil, usage(err)
	}
	d, err := a.openDocument(path)
	if err != nil {
		return nil, err
	}
	cfg, problems := d.Config()
	if a.tell(problems) {
		return nil, usage(errors.New("nothing was renamed: what is wrong is to be put right first"))
	}
	r := &renaming{editor: &editor{app: a, host: a.pluginHost(), document: d}, title: t, cfg: cfg, patience: blockerWait}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if err := r.openJournal(ctx); err != nil {
		return nil, err
	}
	return r, r.rehearse(ctx)
}

func (r *renaming) openJournal(ctx context.Context) error {
	look, err := r.app.lookAtState(ctx, r.cfg)
	switch {
	case errors.Is(err, journal.ErrAbsent):
		return nil
	case err != nil:
		return err
	}
	if err := look.Close(); err != nil {
		return err
	}
	if r.journal, err = r.app.openState(ctx, r.cfg); err != nil {
		return err
	}
	r.was, err = recallRenames(ctx, r.journal)
	return err
}

// rehearse changes the document and refuses what could not be finished.
func (r *renaming) rehearse(ctx context.Context) error {
	if r.was.Pending != "" && r.was.Pending != r.title.String() {
		return usage(r.was.unfinished())
	}
	r.before = r.problems(ctx)
	err := r.change(r.document)
	switch {
	case err != nil && r.was.Pending != "" && r.done(r.document):
		return nil // the file was written before the interruption
	case err != nil:
		return usage(err)
	}
	if news := r.news(r.problems(ctx)); len(news) > 0 {
		r.app.tell(news)
		return usage(errors.New("nothing was renamed"))
	}
	if err := r.document.Saveable(); err != nil {
		return fmt.Errorf("nothing was renamed: %w", err)
	}
	if r.journal == nil {
		return nil
	}
	return usage(r.journal.Renameable(ctx, r.inJournal()))
}

// steps are in an order such that whoever repeats them after an interruption brings them to their end: as long as the
// journal knows of the rename, no pass is made.
func (r *renaming) steps() []func(context.Context) error {
	steps := []func(context.Context) error{r.renameSecrets, r.renameFile}
	if r.journal == nil {
		return steps
	}
	return slices.Concat([]func(context.Context) error{r.waitForPasses, r.announce}, steps, []func(context.Context) error{r.renameJournal, r.conclude})
}

// waitForPasses takes the leases of all that works under a name.
func (r *renaming) waitForPasses(ctx context.Context) error {
	leases := []string{"source:" + entity.SourceHand, "source:" + entity.SourceStatic}
	switch r.group {
	case "brain":
		leases = append(leases, "source:"+r.old, "source:"+r.new)
	case "blocker":
		leases = append(leases, "blocker:"+r.old, "blocker:"+r.new)
	}
	for _, name := range slices.Sorted(maps.Keys(r.cfg.Brains)) {
		leases = append(leases, "source:"+name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.cfg.Blockers)) {
		leases = append(leases, "blocker:"+name)
	}
	slices.Sort(leases)
	for _, lease := range slices.Compact(leases) {
		leave, err := r.journal.Acquire(ctx, lease, r.patience)
		if err != nil {
			return leasedExit(err)
		}
		r.leave = append(r.leave, leave)
	}
	return nil
}

func leasedExit(err error) error {
	if errors.As(err, new(*journal.LeasedError)) {
		return &exit{ExitLeased, err}
	}
	return err
}

func (r *renaming) announce(ctx context.Context) error {
	return r.remember(ctx, renames{Done: r.was.Done, Pending: r.title.String(), Given: r.was.Given})
}

func (r *renaming) renameSecrets(ctx context.Context) error {
	return r.app.secretStore().Rename(ctx, r.former, r.name)
}

func (r *renaming) renameFile(context.Context) error { return r.document.Save() }

func (r *renaming) renameJournal(ctx context.Context) error {
	return r.journal.Rename(ctx, r.inJournal())
}

// conclude lets passes go on; those that run already read the file anew.
func (r *renaming) conclude(ctx context.Context) error {
	return r.remember(ctx, r.was.with(r.former, r.name))
}

func (r *renaming) remember(ctx context.Context, now renames) error {
	text, err := now.text()
	if err != nil {
		return err
	}
	return r.journal.Remember(ctx, renamesKey, text)
}

func (r *renaming) close() {
	for _, leave := range slices.Backward(r.leave) {
		leave()
	}
	if r.journal != nil {
		_ = r.journal.Close() // all that was written was committed
	}
	r.host.Close()
}

// tell says what was done, and which secrets are in places that are not ours to rename in.
func (r *renaming) tell(ctx context.Context) {
	fmt.Fprintf(r.app.Err, "%s is %s now\n", r.former, r.name)
	cfg, _ := r.document.Config()
	if cfg == nil {
		return
	}
	needs, err := r.app.needs(ctx, cfg, slices.Sorted(maps.Keys(cfg.Brains)))
	if err != nil {
		return
	}
	for _, n := range needs {
		if !r.mine(n.name) {
			continue
		}
		if _, _, err := r.app.find(ctx, n); err != nil && !n.optional {
			fmt.Fprintln(r.app.Err, err)
		}
	}
}
