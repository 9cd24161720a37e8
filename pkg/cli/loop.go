package cli

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/admin"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/logs"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/schedule"
	"github.com/var-project/var/pkg/view"
)

// looping is a run that makes passes until it is told to end.
type looping struct {
	*system
	options runOptions
	vigil   *reconcile.Vigil
	served  *served
	letters *correspondence
	// admin answers those who watch, from facts.
	admin *admin.Server
	facts *facts
	// onlooker reads for the page.
	onlooker *onlooker
	// first: no pass was made yet.
	first bool
}

// loop makes passes until the context ends, which is its proper end.
func (a *App) loop(ctx context.Context, s scope, o runOptions) (err error) {
	again, changed, deaf := a.listening()
	defer deaf()
	if a.config, err = a.configPath(); err != nil { // a reload reads the same file, or none
		return usage(err)
	}
	a.meter = a.newMeter()
	sys, err := a.open(ctx, s)
	if err != nil {
		return err
	}
	sys.host.Rest()
	ctx, served := sys.serve(ctx)
	defer served.end()
	l := &looping{system: sys, options: o, served: served, onlooker: &onlooker{app: a}, first: true}
	defer func() { err = errors.Join(err, l.close()) }()
	l.vigil = reconcile.NewVigil(a.Now, func(s reconcile.Silence) {
		l.tellSilence(s)
		sys.report(ctx, s)
	})
	defer l.vigil.Close()
	l.vigilant = true
	l.correspond(ctx)
	defer l.signOff(ctx)
	defer func() { err = errors.Join(err, l.onlooker.close()) }()
	defer l.administer(ctx)()
	l.watch(ctx)
	loop := reconcile.Loop{
		Pass: l.pass, Wait: l.wait, Now: a.Now, Pause: served.resting, Again: again, Changed: changed,
		Reload: l.reload,
	}
	served.Ready("the first pass is under way")
	return loop.Run(ctx)
}

func (a *App) listening() (again, changed <-chan struct{}, stop func()) {
	if a.Listen == nil {
		return nil, nil, func() {}
	}
	return a.Listen()
}

func (l *looping) pass(ctx context.Context) error {
	if errors.Is(l.named.hold(ctx, l.journal), errRenamed) {
		l.reload(ctx)
	}
	if !l.first {
		l.mend(ctx)
		l.guard.refresh(ctx)
	}
	l.first = false
	started := l.app.Now()
	reports := l.round(ctx, l.options.dry)
	if err := l.app.printPass(reports, l.options.dry, false); err != nil {
		l.log.Warn("the pass was made and cannot be shown", "error", err)
	}
	l.served.passed(reports, l.options.dry)
	for _, r := range reports {
		l.vigil.Saw(r.Source, l.completed(ctx, r), incomplete(r))
	}
	l.log.Info("pass done", logs.Duration(l.app.Now().Sub(started)), figures())
	return nil
}

// interval is the time from one pass to the next.
func (l *looping) interval() time.Duration {
	if l.options.interval > 0 {
		return l.options.interval
	}
	return l.cfg.Run.Interval
}

func (l *looping) wait(started, now time.Time) time.Duration {
	return schedule.Pace{Interval: l.interval(), Jitter: l.cfg.Run.Jitter, Random: l.app.Random}.Wait(started, now)
}

// tooLong is how many intervals a source may be without a complete pass before that is told.
const tooLong = 3

// watch has the vigil look after the sources of this run, where all of each is looked at.
func (l *looping) watch(ctx context.Context) {
	complete := map[string]time.Time{}
	for _, src := range l.sources() {
		if src.Name == entity.SourceHand || len(l.only) < len(entity.Kinds()) {
			continue
		}
		at, err := view.LastComplete(ctx, l.journal, src.Name)
		if err != nil {
			l.log.Warn("journal does not tell of the last complete pass", "source", src.Name, "error", err)
		}
		complete[src.Name] = at
	}
	l.vigil.Watch(tooLong*l.interval(), complete)
}

// completed is when a source was last read completely: now, or where another process has it at the moment, by that one.
func (l *looping) completed(ctx context.Context, r reconcile.Report) time.Time {
	switch {
	case l.complete(r):
		return l.app.Now()
	case r.Leased == nil:
		return time.Time{}
	}
	at, err := view.LastComplete(ctx, l.journal, r.Source)
	if err != nil {
		l.log.Warn("journal does not tell of the last complete pass", "source", r.Source, "error", err)
	}
	return at
}

// incomplete says what kept a pass from reading all of its source; empty: nothing.
func incomplete(r reconcile.Report) string {
	var why []string
	for _, kind := range slices.Sorted(maps.Keys(r.Plan.Frozen)) {
		if text := inert.Line(r.Plan.Frozen[kind]); !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	if err := errors.Join(r.Leased, r.Fatal); err != nil {
		why = append(why, inert.Line(err.Error()))
	}
	return strings.Join(why, "; ")
}

func (l *looping) tellSilence(s reconcile.Silence) {
	if s.Over {
		l.log.Warn("source is read completely again", "source", s.Source, "before", view.Stamp(s.Since))
		return
	}
	l.log.Error("source without a complete pass for three intervals", "source", s.Source, "since", view.Stamp(s.Since), "error", cmp.Or(s.Why, "no pass over it has ended yet"))
}
