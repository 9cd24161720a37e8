package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

func (a *App) stateCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "state", Short: "Back up and restore what var remembers"}
	backup := &cobra.Command{
		Use: "backup FILE", Short: "Copy the state into a file, while others go on using it", Args: oneArg,
		Long: "backup writes a whole copy, from a file or a database server alike, into a file that is not there yet. The copy says\n" +
			"who is under suspicion: keep it as you keep the state.",
		Example: "  var state backup /backup/var-$(date +%F).db",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.backup(cmd.Context(), args[0]) },
	}
	cmd.AddCommand(backup, a.restoreCommand())
	return cmd
}

func (a *App) restoreCommand() *cobra.Command {
	var replace bool
	var reason string
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put a copy in the place of the state", Args: oneArg,
		Long: "restore refuses while another process uses the state, and over a state that says something is held; with --replace\n" +
			"that one is kept aside, and its place is told. What was blocked or released since the copy was made is found again by\n" +
			"the next pass, from tags and the devices' lists. A pause or a panic stays in force.",
		Example: "  var state restore /backup/var-2026-11-21.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.restore(cmd.Context(), args[0], replace, reason)
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "also over a state that says something is held")
	reasonFlag(cmd, &reason)
	return cmd
}

func (a *App) backup(ctx context.Context, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return usage(err)
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	j, err := a.lookAtState(ctx, cfg)
	if errors.Is(err, journal.ErrAbsent) {
		return errors.New("there is no state yet, or one of an older var that has not run since: nothing to back up")
	}
	if err != nil {
		return err
	}
	err = errors.Join(j.Backup(ctx, path), j.Close())
	if err != nil {
		return err
	}
	return a.say("the state is copied to "+path, map[string]any{"backup": path})
}

func (a *App) restore(ctx context.Context, file string, replace bool, reason string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return usage(err)
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	opts, err := a.stateOptions(ctx, cfg)
	if err != nil {
		return err
	}
	aside, err := journal.Restore(ctx, cfg.State, path, journal.Restoring{By: a.by(reason), Replace: replace}, opts...)
	var busy *entity.LeasedError
	if errors.As(err, &busy) {
		return &exit{ExitLeased, fmt.Errorf("%w: stop it first", err)}
	}
	if err != nil {
		return err
	}
	text := "the state is restored from " + path
	if aside != "" {
		text += "; the former one is kept as " + aside
	}
	return a.say(text, map[string]any{"restored": path, "aside": aside})
}
