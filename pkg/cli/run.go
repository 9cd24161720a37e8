package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// plurals are how kinds are told on the command line.
var plurals = map[string]entity.Kind{
	"hosts": entity.KindHost, "accounts": entity.KindAccount, "detections": entity.KindDetection, "static": entity.KindStatic,
}

type runOptions struct {
	loop, dry, groom, all bool
	only, brains          []string
}

func (o runOptions) scope() (scope, error) {
	s := scope{brains: o.brains, groom: o.groom, dry: o.dry, only: entity.Kinds()}
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
}

func (a *App) runCommand() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use: "run", Short: "Make one pass over every source, or with --loop one after another", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.loop, "loop", false, "go on until interrupted, with run.interval between passes")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "show what would be done and change nothing")
	cmd.Flags().BoolVar(&o.dry, "alert", false, "the predecessor's name of --dry-run")
	_ = cmd.Flags().MarkHidden("alert")
	return cmd
}

func (a *App) planCommand() *cobra.Command {
	o := runOptions{dry: true}
	cmd := &cobra.Command{
		Use: "plan", Short: "Show who would be blocked and released, and why; change nothing", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "show what is merely kept too")
	return cmd
}

func (a *App) run(ctx context.Context, o runOptions) (err error) {
	s, err := o.scope()
	if err != nil {
		return err
	}
	sys, err := a.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	if o.loop {
		return sys.loop(ctx, o.dry)
	}
	reports := sys.pass(ctx, o.dry)
	return errors.Join(a.printPass(reports, o.dry, o.all), sys.verdict(ctx, reports))
}

// pass goes over every source at the same time.
func (s *system) pass(ctx context.Context, dry bool) []reconcile.Report {
	s.warn()
	p := s.app.startProgress()
	defer p.stop()
	s.rec.Progress = p.add
	sources := s.sources()
	if !dry {
		if err := s.takeOver(ctx, sources); err != nil {
			return []reconcile.Report{{Source: "journal", Fatal: err}}
		}
	}
	reports := make([]reconcile.Report, len(sources))
	var wg sync.WaitGroup
	for i, src := range sources {
		wg.Go(func() {
			if dry {
				reports[i] = s.rec.Preview(ctx, src)
			} else {
				reports[i] = s.rec.Pass(ctx, src)
			}
		})
	}
	wg.Wait()
	return append(reports, s.abandoned(ctx)...)
}

// abandoned shows what is held for sources that are not configured any more.
func (s *system) abandoned(ctx context.Context) []reconcile.Report {
	held, err := s.journal.Holdings(context.WithoutCancel(ctx))
	if err != nil {
		return []reconcile.Report{{Source: "journal", Fatal: err}}
	}
	sources := map[string]bool{}
	for _, h := range held {
		_, isBrain := s.cfg.Brains[h.Target.Source]
		isStatic := h.Target.Source == entity.SourceStatic && s.cfg.Static.Destinations != ""
		sources[h.Target.Source] = !isBrain && !isStatic
	}
	var reports []reconcile.Report
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if sources[name] {
			reports = append(reports, reconcile.Report{Source: name, Plan: plan.Abandoned(name, held)})
		}
	}
	return reports
}

// warn says, in every pass, where nobody is asked for a certificate.
func (s *system) warn() {
	for _, place := range insecure(s.cfg) {
		s.log.Warn("certificate not verified", "key", place)
	}
}

// verdict turns what became of a pass into the exit code; everything was told before.
func (s *system) verdict(ctx context.Context, reports []reconcile.Report) error {
	code := ExitDone
	for _, r := range reports {
		if r.Failed() {
			code = ExitPartial
		}
		if r.Fatal != nil {
			code = worst(code, ExitError)
		}
	}
	if s.fleet.failed() || s.misread {
		code = worst(code, ExitPartial)
	}
	if ctx.Err() != nil {
		code = worst(code, ExitError)
	}
	if code == ExitDone {
		return nil
	}
	return &exit{code, nil}
}

// loop makes passes until the context ends, which is its proper end.
func (s *system) loop(ctx context.Context, dry bool) error {
	for first := true; ctx.Err() == nil; first = false {
		if !first {
			s.mend(ctx)
		}
		started := s.app.Now()
		reports := s.pass(ctx, dry)
		if err := s.app.printPass(reports, dry, false); err != nil {
			return err
		}
		s.log.Info("pass done", "seconds", s.app.Now().Sub(started).Seconds())
		_ = s.app.Pause(ctx, s.cfg.Run.Interval) // an interrupted pause ends the loop
	}
	return nil
}

// progress shows on a terminal that a pass is still at work.
type progress struct {
	mu      sync.Mutex
	items   int
	done    chan struct{}
	stopped chan struct{}
}

// quiet is how long a pass may take without a word.
const quiet = time.Second

func (a *App) startProgress() *progress {
	p := &progress{done: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(p.stopped)
		if a.ErrTerminal {
			p.show(a)
		}
	}()
	return p
}

func (p *progress) show(a *App) {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	started, clear := a.Now(), ""
	for {
		select {
		case <-p.done:
			fmt.Fprint(a.Err, clear)
			return
		case <-tick.C:
			clear = "\r\033[K"
			p.mu.Lock()
			fmt.Fprintf(a.Err, "\r\033[Kpass: %d changes at hand, %s", p.items, a.Now().Sub(started).Round(time.Second))
			p.mu.Unlock()
		}
	}
}

func (p *progress) add(_ string, items int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items += items
}

func (p *progress) stop() {
	close(p.done)
	<-p.stopped
}
