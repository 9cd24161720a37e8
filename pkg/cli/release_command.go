package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

type releaseOptions struct {
	length          span
	reason          string
	undo, all, yes  bool
	blocker, source string
	label           string
	wait            span
	forget          bool
}

func (a *App) releaseCommand() *cobra.Command {
	o := releaseOptions{length: span{least: time.Minute, most: 3650 * day}, wait: newWait()}
	cmd := &cobra.Command{
		Use: "release TARGET…", Short: "Release targets now, and spare them until a time or until it is undone", Args: someArgs,
		Long: "release takes targets off every device at once, from the journal: the brain may be down. From then on they are\n" +
			"spared, as if they carried the release tag, which is also set in the brain when it can be reached. That ends with --for,\n" +
			"or with --undo. TARGET is a name, an address, an id, source/kind/id, or what a device holds.\n" +
			"While another process is at work on a blocker, it is waited for, as long as --wait says; then release exits with 5,\n" +
			"and the next pass releases.\n\n" +
			"With --forget nothing is released: what is held under a blocker or a label that is gone is taken off the records,\n" +
			"and its receipt tags off the brains. What still stands on its devices must be taken off by hand.",
		Example: "  var release ws-fin-042 --reason \"reinstalled, ticket 4711\"\n" +
			"  var release 10.20.30.42 --for 2d\n" +
			"  var release hq/host/1969 --undo\n" +
			"  var release --blocker edge --all --yes\n" +
			"  var release --blocker old-edge --forget --yes\n" +
			"  var release --label \"Old Client\" --forget --yes",
		RunE: func(cmd *cobra.Command, args []string) error { return a.release(cmd.Context(), args, o) },
	}
	cmd.Flags().Var(&o.length, "for", "how long they are spared, such as 4h or 30d (default: until --undo)")
	reasonFlag(cmd, &o.reason)
	cmd.Flags().BoolVar(&o.undo, "undo", false, "spare them no more: the rules count again")
	cmd.Flags().StringVar(&o.blocker, "blocker", "", "among what this blocker holds; without TARGET all of it")
	cmd.Flags().StringVar(&o.source, "source", "", "among what is held for this source; without TARGET all of it")
	cmd.Flags().BoolVar(&o.all, "all", false, "all that a TARGET means, where it means several")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&o.forget, "forget", false, "take it off the records without touching a device")
	cmd.Flags().StringVar(&o.label, "label", "", "with --forget: the receipt tags with this label")
	a.storeFlags(cmd)
	waitFlag(cmd, &o.wait)
	return cmd
}

func (o releaseOptions) check(args []string) error {
	switch {
	case o.forget && (o.blocker == "") == (o.label == ""):
		return usage(errors.New("--forget: name one --blocker or one --label whose records are to go"))
	case o.forget && (len(args) > 0 || o.undo || o.length.Duration > 0 || o.source != ""):
		return usage(errors.New("--forget takes no TARGET, --undo, --for or --source: it concerns all records of a blocker or label"))
	case !o.forget && o.label != "":
		return usage(errors.New("--label goes with --forget"))
	case o.undo && o.length.Duration > 0:
		return usage(errors.New("--undo and --for contradict each other"))
	case !o.forget && len(args) == 0 && o.blocker == "" && o.source == "":
		return usage(errors.New("name what to release: a name, an address, an id or source/kind/id; \"var status\" shows what is held"))
	}
	return nil
}

func (a *App) release(ctx context.Context, args []string, o releaseOptions) (err error) {
	if err := o.check(args); err != nil {
		return err
	}
	sys, err := a.open(ctx, personal(o.wait))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	defer sys.inform(ctx)
	sys.warn()
	if o.forget {
		return sys.forget(ctx, o)
	}
	chosen, err := sys.chosen(ctx, args, o)
	if err != nil {
		return err
	}
	if o.undo {
		return sys.spareNoMore(ctx, chosen, o)
	}
	return sys.spare(ctx, chosen, o)
}

// chosen are the targets that the arguments mean.
func (s *system) chosen(ctx context.Context, args []string, o releaseOptions) ([]found, error) {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	orders, err := s.journal.Orders(ctx)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return s.everything(ctx, among(everyone(held, orders), o), o)
	}
	var all []found
	for _, text := range args {
		some := among(recorded(text, held, orders), o)
		if len(some) == 0 && !o.undo {
			some = among(s.known(ctx, text, everyone(held, orders)), o)
		}
		if len(some) == 0 {
			return nil, unrecorded(text, o.undo)
		}
		if !o.all {
			if some, err = s.app.choose(ctx, text, some, ", or give --all"); err != nil {
				return nil, err
			}
		}
		all = append(all, some...)
	}
	return all, nil
}

func unrecorded(text string, undo bool) error {
	if undo {
		return fmt.Errorf("%q is not spared; \"var status\" shows what persons ordered", text)
	}
	return fmt.Errorf("nothing is recorded of %q, and no brain that could be asked knows it; \"var status\" shows what is held", text)
}

// known are the entities of brains that a text means now, with what is recorded of them: under another name, or
// nothing. They can be spared too.
func (s *system) known(ctx context.Context, text string, records []found) []found {
	targets, problems := s.search(ctx, text, brainKinds)
	s.app.tellTroubles(problems)
	all := make([]found, len(targets))
	for i, t := range targets {
		all[i] = found{target: t}
		for _, r := range records {
			if r.target.Ref == t.Ref {
				all[i] = r
			}
		}
	}
	return all
}

// everything asks whether all that is held on a blocker or for a source is meant.
func (s *system) everything(ctx context.Context, all []found, o releaseOptions) ([]found, error) {
	var where []string
	if o.blocker != "" {
		where = append(where, "on "+o.blocker)
	}
	if o.source != "" {
		where = append(where, "for "+o.source)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("nothing is held %s", strings.Join(where, " "))
	}
	question := fmt.Sprintf("release all %d targets %s, on every blocker?", len(all), strings.Join(where, " "))
	return all, s.app.confirm(ctx, question, o.yes)
}
