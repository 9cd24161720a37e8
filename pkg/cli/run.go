package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// plurals are how kinds are told on the command line.
var plurals = map[string]entity.Kind{
	"hosts": entity.KindHost, "accounts": entity.KindAccount, "detections": entity.KindDetection, "static": entity.KindStatic,
}

type runOptions struct {
	loop, dry, groom, all bool
	only, brains          []string
	force                 bool
	reason                string
	file                  string
	exitCode              bool
	ignoreWindow          bool
	// interval is instead of the configuration's; 0: that one.
	interval time.Duration
}

// check refuses flags that do not go together.
func (o runOptions) check() error {
	switch {
	case o.force && o.dry:
		return usage(errors.New("--force and --dry-run do not go together: a dry run shows what the gates hold back"))
	case o.force && o.loop:
		return usage(errors.New("--force is for one pass that a person has looked at: give it without --loop"))
	case o.force:
		return needReason(o.reason)
	case o.reason != "":
		return usage(errors.New("--reason goes with --force"))
	case o.interval != 0 && !o.loop:
		return usage(errors.New("--interval goes with --loop"))
	case o.interval != 0 && o.interval < time.Second:
		return usage(fmt.Errorf("--interval %s: want at least 1s", o.interval))
	}
	return nil
}

func (o runOptions) scope() (scope, error) {
	s := scope{brains: o.brains, groom: o.groom, dry: o.dry, only: entity.Kinds(), ignoreWindow: o.ignoreWindow}
	if len(o.only) == 0 {
		return s, nil
	}
	s.only = nil
	for _, name := range o.only {
		k, ok := plurals[strings.TrimSpace(name)]
		if !ok {
			return s, usage(fmt.Errorf("--only %q: want some of %s", name, strings.Join(slices.Sorted(maps.Keys(plurals)), ", ")))
		}
		s.only = append(s.only, k)
	}
	return s, nil
}

func (o *runOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&o.only, "only", nil, "look only at these: hosts, accounts, detections, static")
	cmd.Flags().StringSliceVar(&o.brains, "brain", nil, "look only at these brains, and not at the static list")
	cmd.Flags().BoolVar(&o.groom, "groom", false, "block anew what has changed its address, then release the old one")
	cmd.Flags().BoolVar(&o.ignoreWindow, "ignore-window", false, "block also outside the window of the configuration")
}

func (a *App) runCommand() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use: "run", Short: "Make one pass over every source, or with --loop one after another", Args: noArgs,
		Long: "run reads every source, decides, and brings the devices and what is wanted together. A gate holds back what is too\n" +
			"much at once, shows it, and ends the run with 3; --force lets it through once, kept in the history with who and why.\n" +
			"Outside the window new blocks wait, which is no trouble: the run ends with 0.\n\n" +
			"Told to end (SIGTERM, SIGINT) it begins nothing more and gives what is under way run.stop_timeout to finish; what is\n" +
			"blocked stays blocked. Told twice it ends at once. With --loop SIGHUP reads configuration, secrets and plugins anew\n" +
			"between two passes, and goes on with the old ones where they are not in order; SIGUSR1 makes a pass now.",
		Example: "  var run\n  var run --loop\n  var run --loop --interval 1m\n  var run --only hosts,accounts\n  var run --force --reason \"the group was cleaned up, ticket 4711\"",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), o) },
	}
	o.flags(cmd)
	a.storeFlags(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "let through what the gates hold back; neither never-block nor a pause nor a panic")
	reasonFlag(cmd, &o.reason)
	cmd.Flags().BoolVar(&o.loop, "loop", false, "go on until told to end, a pass each run.interval")
	cmd.Flags().DurationVar(&o.interval, "interval", 0, "time from one pass to the next with --loop, instead of run.interval")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "show what would be done and change nothing")
	cmd.Flags().BoolVar(&o.dry, "alert", false, "the predecessor's name of --dry-run")
	_ = cmd.Flags().MarkHidden("alert")
	var former formerTests
	former.flags(cmd)
	cmd.RunE = former.insteadOf(a, cmd.RunE)
	return cmd
}

func (a *App) planCommand() *cobra.Command {
	o := runOptions{dry: true}
	cmd := &cobra.Command{
		Use: "plan", Short: "Show who would be blocked and released, and why; change nothing", Args: noArgs,
		Long: "plan decides as run does and changes nothing anywhere. With -o it keeps the plan in a file, with the facts that\n" +
			"each decision used; \"var apply FILE\" carries out what is still decided in the same way.",
		Example: "  var plan\n  var plan --all --output json\n  var plan -o plan.json\n  var plan --exit-code >/dev/null || mail -s \"var has work\" soc@example.net",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVarP(&o.file, "file", "o", "", "keep the plan in this file, for apply")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "end with 10 when there is something to do")
	cmd.Flags().BoolVar(&o.all, "all", false, "show what is merely kept too")
	return cmd
}

func (a *App) run(ctx context.Context, o runOptions) (err error) {
	s, err := o.scope()
	s.brief = !o.all && o.file == "" && !a.json()
	if err = errors.Join(err, o.check()); err != nil {
		return err
	}
	if o.loop {
		return a.loop(ctx, s, o)
	}
	sys, err := a.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	sys.endGently(ctx)
	if o.force {
		by := a.by(o.reason)
		sys.options.Force = &by
	}
	defer sys.inform(ctx)
	reports := sys.round(ctx, o.dry)
	err = errors.Join(a.printPass(reports, o.dry, o.all), sys.keepPlan(o.file, reports))
	return errors.Join(err, sys.verdict(ctx, reports, o.exitCode && hasWork(reports)))
}

// keepPlan writes a plan into the file that was asked for.
func (s *system) keepPlan(file string, reports []reconcile.Report) error {
	if file == "" {
		return nil
	}
	owner := s.journal.Owner()
	if s.journal.Fresh() { // it was made for this look alone
		owner = s.cfg.Owner
	}
	f := filePlan(reports, owner, s.rec.Policy.Groom, s.app.Now())
	f.IgnoreWindow = s.ignoreWindow
	if err := writePlan(file, f); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.app.Err, "plan: kept in %s; \"var apply %s\" carries it out\n", file, file)
	return err
}

// hasWork reports that a plan has something to do, also where somebody or a gate holds it back. What waits for the window
// comes by itself.
func hasWork(reports []reconcile.Report) bool {
	return slices.ContainsFunc(reports, func(r reconcile.Report) bool {
		return len(r.Plan.Strips) > 0 || slices.ContainsFunc(r.Plan.Items, func(it plan.Item) bool {
			return wouldChange(it) && !r.Plan.Waits(it)
		})
	})
}

// tellStops says who stopped what, before anything else.
func (s *system) tellStops(ctx context.Context) {
	stops, err := s.journal.Stops(ctx)
	if err != nil {
		s.log.Warn("journal does not tell who stopped what", "error", err)
	}
	for _, stop := range view.StopsOf(stops) {
		fmt.Fprintln(s.app.Err, stop.Text)
	}
}

// abandoned shows what is held for sources that are not configured any more.
func (s *system) abandoned(ctx context.Context) []reconcile.Report {
	held, err := s.journal.Holdings(context.WithoutCancel(ctx))
	if err != nil {
		return []reconcile.Report{{Source: "journal", Fatal: err}}
	}
	sources := map[string]bool{}
	for _, h := range held {
		sources[h.Target.Source] = !s.configured(h.Target.Source)
	}
	var reports []reconcile.Report
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if sources[name] {
			reports = append(reports, reconcile.Report{Source: name, Plan: plan.Abandoned(name, held)})
		}
	}
	return reports
}

// warn says, once in every pass and in every command of a person, where nobody is asked for a certificate. Plugins leave
// it to this.
func (s *system) warn() {
	for _, place := range insecure(s.cfg) {
		s.log.Warn("certificate not verified", "key", place)
	}
}

// verdict turns what became of a pass into the exit code; everything was told before.
func (s *system) verdict(ctx context.Context, reports []reconcile.Report, changes bool) error {
	codes := map[int]bool{
		ExitError:   ctx.Err() != nil,
		ExitPartial: s.fleet.failed() || s.misread,
		ExitChanges: changes,
	}
	for _, r := range reports {
		codes[ExitPartial] = codes[ExitPartial] || r.Failed()
		codes[ExitError] = codes[ExitError] || r.Fatal != nil
		codes[ExitLeased] = codes[ExitLeased] || r.Leased != nil
		codes[ExitHeld] = codes[ExitHeld] || r.HeldBack()
	}
	for _, code := range gravity {
		if codes[code] {
			return &exit{code, nil}
		}
	}
	return nil
}
