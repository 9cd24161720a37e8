package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

type blockOptions struct {
	length   span
	reason   string
	kind     string
	blockers []string
	wait     span
}

func (a *App) blockCommand() *cobra.Command {
	o := blockOptions{length: span{Duration: 4 * time.Hour, least: time.Minute, most: 365 * day}, wait: newWait()}
	cmd := &cobra.Command{
		Use: "block ADDRESS|NAME --reason TEXT", Short: "Block one target now, until a time", Args: oneArg,
		Long: "block asks every brain for the target, by name, by a host's address or by id: that host, account or detection is\n" +
			"blocked, whatever the rules say of it. What no brain knows is blocked by itself: a public address or a domain as a\n" +
			"destination; anything else is a host's address or an account, as --kind says. The block ends with --for, or with\n" +
			"var release. What must never be blocked is refused. While another process is at work on a blocker, it is\n" +
			"waited for, for as long as --wait says; then the order stands, that process carries it out, and block exits with 5.",
		Example: "  var block ws-fin-042 --reason \"ransom note on the screen, ticket 4711\"\n" +
			"  var block 185.199.112.7 --for 2d --reason \"beacon seen by the mail gateway\"\n" +
			"  var block 10.20.30.99 --kind host --for 1h --reason \"scans the server network\"",
		RunE: func(cmd *cobra.Command, args []string) error { return a.block(cmd.Context(), args[0], o) },
	}
	cmd.Flags().Var(&o.length, "for", "how long, such as 30m, 4h or 2d; up to "+spanText(365*day))
	reasonFlag(cmd, &o.reason)
	cmd.Flags().StringVar(&o.kind, "kind", "", "what it is, where that cannot be told: host, account, detection or static")
	cmd.Flags().StringSliceVar(&o.blockers, "blocker", nil, "only on these blockers; for what no brain knows")
	waitFlag(cmd, &o.wait)
	a.storeFlags(cmd)
	return cmd
}

// newWait is how long a person's command waits for another process, unless told otherwise.
func newWait() span { return span{Duration: blockerWait, least: time.Second, most: time.Hour} }

func waitFlag(cmd *cobra.Command, wait *span) {
	cmd.Flags().Var(wait, "wait", "how long another process is waited for that is at work there")
}

func (a *App) block(ctx context.Context, text string, o blockOptions) (err error) {
	if err := errors.Join(needReason(o.reason), checkKind(o.kind)); err != nil {
		return err
	}
	sys, err := a.open(ctx, personal(o.wait))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	defer sys.inform(ctx)
	sys.warn()
	if err := sys.stopped(ctx); err != nil {
		return err
	}
	t, err := sys.subject(ctx, strings.TrimSpace(text), o)
	if err != nil {
		return err
	}
	if why, never := sys.covers(t); never {
		return fmt.Errorf("%s is never blocked: %s", t.Ref, why)
	}
	return sys.order(ctx, t, o)
}

// personal is the scope of a command about single targets.
func personal(wait span) scope {
	return scope{only: entity.Kinds(), wait: wait.Duration, patience: wait.Duration}
}

func checkKind(kind string) error {
	if kind != "" && !slices.Contains(entity.Kinds(), entity.Kind(kind)) {
		return usage(fmt.Errorf("--kind %q: want host, account, detection or static", kind))
	}
	return nil
}

// stopped refuses while a person stopped new blocks.
func (s *system) stopped(ctx context.Context) error {
	stops, err := s.journal.Stops(ctx)
	if err != nil {
		return err
	}
	for _, stop := range view.StopsOf(stops) {
		return &exit{ExitHeld, errors.New(stop.Text)}
	}
	return nil
}

// order records what a person wants blocked and carries it out.
func (s *system) order(ctx context.Context, t entity.Target, o blockOptions) error {
	former, err := s.orderOn(ctx, t.Ref)
	if err != nil {
		return err
	}
	now := s.app.Now().UTC()
	if former != nil && former.Verb == entity.VerbSpare && !former.Ended(now) {
		return fmt.Errorf("%s is spared by %s: first \"var release --undo %s\"", t.Ref, view.Person(former.By), t.Ref)
	}
	if former != nil && former.Verb == entity.VerbSpare { // its tag may still be in the brain
		s.passFor(ctx, t.Ref)
	}
	order := entity.Order{Target: t, Verb: entity.VerbBlock, Until: now.Add(o.length.Duration).Truncate(time.Second), By: s.app.by(o.reason)}
	if err := s.journal.Order(ctx, order); err != nil {
		return err
	}
	reports := s.passFor(ctx, t.Ref)
	if why := spared(reports, t.Ref); why != "" {
		return errors.Join(fmt.Errorf("%s is not blocked: %s", t.Ref, why), s.journal.DropOrder(ctx, t.Ref))
	}
	fmt.Fprintf(s.app.Err, "%s %s: block ordered by %s until %s; undo it with \"var release %s\"\n",
		t.Ref, inert.Text(t.Name), order.By.Who, view.Stamp(order.Until), t.Ref)
	err = s.app.printPass(reports, false, true)
	if leased(reports) {
		fmt.Fprintln(s.app.Err, "the order stands: the next pass carries it out, whoever makes it")
	}
	if verdict := s.verdictOn(ctx, reports); verdict != nil {
		return errors.Join(err, verdict)
	}
	return errors.Join(err, s.inForce(ctx, t.Ref))
}

// inForce reports a block that was ordered and that no blocker could carry out: a pass can live with that, a person has
// to know.
func (s *system) inForce(ctx context.Context, ref entity.Ref) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil || slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Target.Ref == ref && !h.Receipt.Empty() }) {
		return err
	}
	return &exit{ExitPartial, fmt.Errorf("%s is in force nowhere: no blocker can block it as it is", ref)}
}

func (s *system) orderOn(ctx context.Context, ref entity.Ref) (*entity.Order, error) {
	orders, err := s.journal.Orders(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if o.Target.Ref == ref {
			return &o, nil
		}
	}
	return nil, nil
}

// spared says why nothing was blocked although a person wanted it: every blocker spares it. What else would block it is
// no part of that.
func spared(reports []reconcile.Report, ref entity.Ref) string {
	why := ""
	for _, it := range itemsOf(reports, ref) {
		if it.Action != entity.ActionSpare {
			return ""
		}
		why = reasonsText(slices.DeleteFunc(slices.Clone(it.Reasons), func(r plan.Reason) bool { return r.Rule.Blocks() }))
	}
	return why
}

func itemsOf(reports []reconcile.Report, ref entity.Ref) []plan.Item {
	var items []plan.Item
	for _, r := range reports {
		for _, it := range r.Plan.Items {
			if it.Target.Ref == ref {
				items = append(items, it)
			}
		}
	}
	return items
}
