package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/service"
	"github.com/var-project/var/pkg/view"
)

// configPaths are where the configuration is looked for without --config.
var configPaths = []string{"config.toml", "/etc/var/config.toml"}

// loadConfig reads the configuration and tells everything that is wrong with it.
func (a *App) loadConfig() (*config.Config, error) {
	path, err := a.configPath()
	if err != nil {
		return nil, usage(err)
	}
	cfg, problems := config.Load(path)
	if a.tell(problems) {
		return nil, &exit{ExitUsage, nil}
	}
	a.logTo(cfg.Log)
	return cfg, nil
}

func (a *App) configPath() (string, error) {
	if a.config != "" {
		return a.config, nil
	}
	for _, path := range configPaths {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no configuration: neither %s nor %s exists; make one with \"var config\", or name a file with --config",
		configPaths[0], configPaths[1])
}

// tell prints problems and reports whether one of them is more than a warning.
func (a *App) tell(problems []config.Problem) (bad bool) {
	for _, p := range problems {
		fmt.Fprintln(a.Err, p)
		bad = bad || !p.Warning
	}
	return bad
}

// system is everything that a pass needs, joined.
type system struct {
	app     *App
	cfg     *config.Config
	log     *slog.Logger
	journal *journal.Journal
	secrets *secretstore.Store
	fleet   *fleet
	brains  []*brain
	rec     *reconcile.Reconciler
	guard   *guard
	only    []entity.Kind
	// static and hand: these sources are looked at.
	static, hand bool
	// dry: nothing is written anywhere.
	dry, groom bool
	// brief: nobody looks at what is merely kept.
	brief bool
	// urgent: what is wrong with one blocker keeps no other from being opened, and none is waited for longer than
	// this; 0: it is not urgent.
	urgent time.Duration
	// options are what is asked of this run's passes.
	options reconcile.Options
	// sourceWait is how long another process's pass over a source is waited for.
	sourceWait time.Duration
	// patience is how long another process is waited for that works on a blocker.
	patience time.Duration
	// misread: lines of the static list could not be read in this pass.
	misread bool
	// names are the brains that this run is about; none: all.
	names []string
	host  *pluginhost.Host
	// named are the renames that the configuration goes by.
	named renames
	// ignoreWindow: blocks do not wait for the window.
	ignoreWindow bool
	// ending: what is under way when the run is told to end may finish; nil: it is cut off.
	ending *ending
	// courier tells channels in the background; nil: they are told in the end.
	courier *notify.Courier
	// vigilant: a vigil watches for sources that are silent.
	vigilant bool
	// pulse hears signs of life; nil: nobody waits for any.
	pulse *service.Pulse
}

// scope is what one run looks at and how.
type scope struct {
	only   []entity.Kind
	brains []string
	groom  bool
	// dry: nothing is written anywhere.
	dry bool
	// brief: nobody looks at what is merely kept.
	brief        bool
	ignoreWindow bool
	// wait is how long another process's pass over a source is waited for.
	wait time.Duration
	// patience is how long another process is waited for that works on a blocker; 0: blockerWait.
	patience time.Duration
	// urgent is how long a blocker may take to open when nothing but the blockers counts; 0: as long as it needs.
	urgent time.Duration
}

// open joins the parts. What it opened is closed when it fails.
func (a *App) open(ctx context.Context, s scope) (_ *system, err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	if err := checkBrains(cfg, s.brains); err != nil {
		return nil, err
	}
	if err := a.askSecrets(ctx, cfg, s.brains, s.dry); err != nil {
		return nil, err
	}
	sys := &system{
		app: a, cfg: cfg, log: a.log(), secrets: a.secretStore(), only: s.only, dry: s.dry, groom: s.groom, brief: s.brief, names: s.brains,
		host: a.pluginHost(), ignoreWindow: s.ignoreWindow,
		hand: len(s.brains) == 0, sourceWait: s.wait, patience: cmp.Or(s.patience, blockerWait), urgent: s.urgent,
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, sys.close())
		}
	}()
	if sys.journal, err = a.openJournal(ctx, cfg, s.dry); err != nil {
		return nil, err
	}
	sys.settleChannels(ctx)
	return sys, sys.assemble(ctx, nil)
}

// assemble opens what the configuration names. Of blockers that are open already those that it leaves as they are go on.
func (s *system) assemble(ctx context.Context, open *fleet) (err error) {
	if s.named, err = namesNow(ctx, s.journal, s.cfg, s.urgent > 0); err != nil {
		return err
	}
	s.static = s.cfg.Static.Destinations != "" && len(s.names) == 0 && slices.Contains(s.only, entity.KindStatic)
	s.guard = s.newGuard()
	if s.fleet, err = s.app.startFleet(ctx, s.cfg, s, open); err != nil {
		return err
	}
	if s.urgent == 0 { // nothing is blocked then, and name servers may be down
		s.guard.refresh(ctx)
	}
	if s.brains, err = s.openBrains(s.names); err != nil {
		return err
	}
	s.rec = s.reconciler()
	return nil
}

func checkBrains(cfg *config.Config, names []string) error {
	for _, name := range names {
		if _, ok := cfg.Brains[name]; !ok {
			return usage(fmt.Errorf("--brain %s: the configuration has no such brain", name))
		}
	}
	return nil
}

// retries are few and short: what does not pass is left for the next pass.
func (s *system) retries() dispatch.RetryPolicy {
	sleep := s.app.Pause
	if s.ending != nil {
		sleep = s.ending.pause
	}
	return dispatch.RetryPolicy{Times: 2, Wait: time.Second, Longest: 30 * time.Second, Sleep: sleep}
}

// blockerWait is how long another process may still be at work on a blocker before what is to be done there is
// left for the next pass.
const blockerWait = 30 * time.Second

func (s *system) reconciler() *reconcile.Reconciler {
	enforcers := s.enforcers()
	wrapped := make([]dispatch.Enforcer, len(enforcers))
	for i, e := range enforcers {
		wrapped[i] = dispatch.Retry(e, s.retries())
	}
	infos, idle := sort(enforcers)
	pol := planPolicy(s.cfg, infos, append(idle, s.fleet.disabled...), s.groom)
	pol.Brief = s.brief
	shared := dispatch.Options{Leases: s.journal, LeaseWait: s.patience, Protect: s.protected, Linger: s.lingering()}
	return &reconcile.Reconciler{
		Journal: s.journal, Dispatcher: dispatch.New(wrapped, s.journal, s.app.Now, s.log, shared), Enforcers: enforcers,
		Policy: pol, Labels: s.fleet.labels,
		Sources: configuredSources(s.cfg), Owner: s.journal.Owner(), Version: Version,
		Protect: s.protected, Stops: s.stops, Closed: s.closed, Linger: shared.Linger, Leases: s.journal, LeaseWait: s.sourceWait, Now: s.app.Now, Log: s.log,
	}
}

// configuredSources are all that may hold something on the blockers, also those that this run leaves out.
func configuredSources(cfg *config.Config) []string {
	names := slices.Sorted(maps.Keys(cfg.Brains))
	if cfg.Static.Destinations != "" {
		names = append(names, entity.SourceStatic)
	}
	return names
}

// stops tells what persons stopped.
func (s *system) stops(ctx context.Context) (plan.Stops, error) {
	stops, err := s.journal.Stops(ctx)
	var texts plan.Stops
	if stops.Panic != nil {
		texts.Panic = view.Person(*stops.Panic)
	}
	if stops.Pause != nil {
		texts.Pause = view.Person(*stops.Pause)
	}
	return texts, err
}

// sort parts blockers that can be planned for from those of which nobody can say what they block, since
// their plugin is not to be had: what these hold is kept.
func sort(enforcers []dispatch.Enforcer) (infos []entity.Blocker, idle []string) {
	for _, e := range enforcers {
		if info := e.Info(); len(info.Kinds) > 0 {
			infos = append(infos, info)
		} else {
			idle = append(idle, info.Name)
		}
	}
	return infos, idle
}

// lingering is for what is under way when the run is told to end; nil: it ends too.
func (s *system) lingering() func(context.Context) context.Context {
	if s.ending == nil {
		return nil
	}
	return s.ending.linger
}

func (s *system) close() error {
	var errs []error
	if s.ending != nil {
		errs = append(errs, s.ending.close())
	}
	if s.host != nil {
		s.host.Close()
	}
	for _, b := range s.brains {
		b.Close()
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	return errors.Join(errs...)
}
