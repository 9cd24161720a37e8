package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
)

// pluginHost finds plugins as the flags and the environment say.
func (a *App) pluginHost() *pluginhost.Host { return a.pluginHostWith(a.log()) }

func (a *App) pluginHostWith(log *slog.Logger) *pluginhost.Host {
	var given []string
	if a.pluginDir != "" {
		given = append(given, a.pluginDir)
	}
	return pluginhost.New(pluginhost.Options{Dirs: pluginhost.SearchPath(given...), Log: log, Restarted: a.meter.restarted()})
}

// fleet is every blocker of the configuration.
type fleet struct {
	host *pluginhost.Host
	// running are the plugins that opened; broken stands for those that did not.
	running map[string]*pluginhost.Blocker
	broken  map[string]dispatch.Enforcer
	// disabled are configured and switched off; labels are everybody's.
	disabled []string
	labels   []string
	// configs, imprints and hosts are of those that run: how they are configured, what was in the files that this
	// names, and the hosts that their settings name.
	configs  map[string]config.Blocker
	imprints map[string]imprint
	hosts    map[string][]schema.Host
}

// startFleet opens every enabled blocker, side by side; one that is open already as it is configured goes on. One that
// does not open does not stop the others, unless it is for its settings: those are the operator's to mend first.
func (a *App) startFleet(ctx context.Context, cfg *config.Config, sys *system, open *fleet) (*fleet, error) {
	f := newFleet(sys.host)
	var mu sync.Mutex
	var wg sync.WaitGroup
	bad := false
	for name, b := range cfg.Blockers {
		if !b.Enabled && sys.urgent == 0 {
			f.disabled = append(f.disabled, name)
			continue
		}
		wg.Go(func() {
			files := imprintOf(b) // before they are read: what changes meanwhile is noticed the next time
			running, hosts, err := sys.openUnlessOpen(ctx, open, name, b, files)
			mu.Lock()
			defer mu.Unlock()
			var wrong schema.Problems
			switch {
			case err == nil:
				f.running[name], f.configs[name], f.imprints[name], f.hosts[name] = running, b, files, hosts
			case errors.As(err, &wrong) && sys.urgent == 0:
				bad = a.tell(cfg.SettingsProblems(name, wrong)) || bad
			default:
				fmt.Fprintf(a.Err, "blocker %s is not running, what it holds stays held: %v\n", name, err)
				f.broken[name] = broken(ctx, f.host, name, b, err)
			}
		})
	}
	wg.Wait()
	if bad {
		return f, &exit{ExitUsage, nil}
	}
	if sys.urgent > 0 {
		return f, nil
	}
	f.enroll(ctx, cfg, sys)
	if err := f.checkOwner(ctx, cfg, sys); err != nil {
		return f, err
	}
	return f, f.settleLabels(ctx, cfg)
}

// openInTime opens a blocker. When it is urgent, one that hangs is not waited for.
func (s *system) openInTime(ctx context.Context, name string, b config.Blocker) (*pluginhost.Blocker, []schema.Host, error) {
	if s.urgent == 0 {
		return s.openBlocker(ctx, name, b)
	}
	timed, cancel := context.WithTimeoutCause(ctx, s.urgent, fmt.Errorf("blocker %s did not open within %s", name, s.urgent))
	defer cancel()
	return s.openBlocker(timed, name, b)
}

// openBlocker checks a blocker's settings with its plugin and opens it. Wrong settings are schema.Problems. It answers
// with the hosts that the settings name too.
func (s *system) openBlocker(ctx context.Context, name string, b config.Blocker) (*pluginhost.Blocker, []schema.Host, error) {
	c, err := s.host.Prepare(ctx, s.pluginConfig(name, b, s.journal.Owner()))
	if err != nil {
		return nil, nil, err
	}
	wrong, err := c.Check(ctx)
	if err == nil && len(wrong) > 0 {
		err = wrong
	}
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	hosts := schema.Hosts(c.Description().Settings, b.Settings)
	s.guard.reaches(name, hosts)
	running, err := c.Open(ctx)
	return running, hosts, err
}

// pluginConfig is a blocker as its plugin is to open it.
func (s *system) pluginConfig(name string, b config.Blocker, owner string) pluginhost.Config {
	return pluginhost.Config{
		Name: name, Plugin: b.Plugin, SHA256: b.SHA256, Owner: owner, Mark: b.Mark, Label: b.Label, Kinds: b.EntityKinds(),
		Parallel: b.Parallel, Rate: s.rate(b), Timeout: b.Timeout, Env: s.passed(b.Env), Settings: b.Settings,
		Secrets: func(ctx context.Context, wanted []schema.Wanted) (map[string]secret.String, error) {
			return s.blockerSecrets(ctx, name, wanted)
		},
	}
}

// rate is how many requests may begin per second at each device of a blocker. What is urgent does not wait for it.
func (s *system) rate(b config.Blocker) float64 {
	if s.urgent > 0 {
		return 0
	}
	return b.Rate
}

// passed are the environment variables that the operator lets a plugin have.
func (s *system) passed(names []string) map[string]string {
	env := map[string]string{}
	for _, name := range names {
		if value := s.app.Getenv(name); value != "" {
			env[name] = value
		}
	}
	return env
}

// blockerSecrets looks up what a plugin wants; what is optional may be missing.
func (s *system) blockerSecrets(ctx context.Context, name string, wanted []schema.Wanted) (map[string]secret.String, error) {
	found := map[string]secret.String{}
	for _, w := range wanted {
		value, _, err := s.secrets.Get(ctx, "blocker."+name+"."+w.Name, w.Former...)
		switch {
		case err == nil:
			found[w.Name] = value
		case !errors.Is(err, secretstore.ErrNotFound) || !w.Optional:
			return nil, err
		}
	}
	return found, nil
}

// broken stands for a blocker that could not be started: every item of it fails with the reason. Where
// not even its plugin can be asked what it blocks and by which names it is routed, it has no kinds:
// nothing is planned for it, and what it holds is kept.
func broken(ctx context.Context, host *pluginhost.Host, name string, b config.Blocker, why error) dispatch.Enforcer {
	info := entity.Blocker{Name: name, Plugin: b.Plugin, Label: b.Label}
	if d, err := host.Describe(ctx, b.Plugin, b.SHA256); err == nil {
		info.Aliases, info.Kinds = d.Aliases, d.Kinds
		if info.Label == "" {
			info.Label = d.Label
		}
		if kinds := b.EntityKinds(); kinds != nil {
			info.Kinds = kinds
		}
	}
	return dispatch.Broken(info, fmt.Errorf("blocker %s is not running: %w", name, why))
}

// settleLabels gathers the labels of all blockers, also of disabled ones, and refuses two alike:
// receipts could not be told apart.
func (f *fleet) settleLabels(ctx context.Context, cfg *config.Config) error {
	owners := map[string][]string{}
	for _, e := range f.enforcers() {
		owners[e.Info().Label] = append(owners[e.Info().Label], e.Info().Name)
	}
	for _, name := range f.disabled {
		b := cfg.Blockers[name]
		label := b.Label
		if label == "" {
			if d, err := f.host.Describe(ctx, b.Plugin, b.SHA256); err == nil {
				label = d.Label
			}
		}
		owners[label] = append(owners[label], name)
	}
	delete(owners, "")
	for _, label := range slices.Sorted(maps.Keys(owners)) {
		if names := owners[label]; len(names) > 1 {
			slices.Sort(names)
			return usage(fmt.Errorf("blockers %s have the same label %q: give each a label of its own", strings.Join(names, " and "), label))
		}
		f.labels = append(f.labels, label)
	}
	return nil
}

// enforcers are all that can be asked, by name.
func (f *fleet) enforcers() []dispatch.Enforcer {
	all := maps.Clone(f.broken)
	for name, b := range f.running {
		all[name] = b
	}
	var sorted []dispatch.Enforcer
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sorted = append(sorted, all[name])
	}
	return sorted
}

// failed reports that a blocker could not be started.
func (f *fleet) failed() bool { return len(f.broken) > 0 }

// probe asks the named blockers about their devices, all when none is named.
func (f *fleet) probe(ctx context.Context, names []string) []checkView {
	var views []checkView
	for _, e := range f.enforcers() {
		name := e.Info().Name
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		if running := f.running[name]; running != nil {
			views = append(views, probed(ctx, name, running)...)
			continue
		}
		views = append(views, checkView{Blocker: name, Check: "start", Detail: errorText(dispatch.Why(e))})
	}
	return views
}

// prober is a blocker that may be able to ask its devices what it can do there.
type prober interface {
	Info() entity.Blocker
	Probe(ctx context.Context) ([]entity.DeviceReport, error)
}

// probed is what a blocker that runs finds out about its devices, where it can.
func probed(ctx context.Context, name string, b prober) []checkView {
	if !b.Info().Has("probe") {
		return []checkView{{Blocker: name, Check: "probe", OK: true, Detail: entity.NotChecked + "its plugin cannot tell"}}
	}
	reports, err := b.Probe(ctx)
	views := probeViews(name, reports)
	if err != nil {
		views = append(views, checkView{Blocker: name, Check: "probe", Detail: errorText(err)})
	}
	return views
}

func probeViews(name string, reports []entity.DeviceReport) []checkView {
	var views []checkView
	for _, r := range reports {
		for _, c := range r.Checks {
			v := checkView{Blocker: name, Device: r.Device, Check: c.Name, OK: c.Err == nil, Detail: c.Detail}
			if c.Err != nil {
				v.Detail = errorText(c.Err)
			}
			views = append(views, v)
		}
	}
	return views
}
