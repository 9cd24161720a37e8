package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/metrics"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// measure counts what a pass over all sources found and did, and shows what is held now.
func (s *system) measure(ctx context.Context, began time.Time, reports []reconcile.Report) {
	m := s.app.meter
	if m == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.measureFleet()
	m.round(began, reports, s.fleet.failed() || s.misread)
	err := s.measureHeld(ctx)
	if err = errors.Join(err, s.measureNow(ctx)); err != nil {
		s.log.Warn("metrics are not up to date", "error", err)
	}
}

// measureHeld shows what is held, and how much of it is in force.
func (s *system) measureHeld(ctx context.Context) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return err
	}
	enforced, err := reconcile.RecallEnforcement(ctx, s.journal, held)
	if err != nil {
		return err
	}
	s.app.meter.Held(held, enforced)
	return nil
}

// measureNow shows what changes between passes too.
func (s *system) measureNow(ctx context.Context) error {
	now, err := s.stateNow(ctx)
	s.app.meter.Refreshed(now, err)
	if err != nil {
		return err
	}
	complete := map[string]time.Time{}
	for _, name := range s.watchedSources() {
		if complete[name], err = view.LastComplete(ctx, s.journal, name); err != nil {
			return err
		}
	}
	s.app.meter.Complete(complete)
	return s.measureChannels(ctx)
}

func (s *system) stateNow(ctx context.Context) (metrics.State, error) {
	stops, err := s.journal.Stops(ctx)
	if err != nil {
		return metrics.State{}, err
	}
	intents, _, err := s.journal.Unfinished(ctx)
	return metrics.State{
		Panic: stops.Panic != nil, Pause: stops.Pause != nil, Open: s.closed().Why == "", OpenIntents: intents,
	}, err
}

// watchedSources are those that this run makes passes over, besides orders of persons.
func (s *system) watchedSources() []string {
	var names []string
	for _, b := range s.brains {
		names = append(names, b.name)
	}
	if s.static {
		names = append(names, entity.SourceStatic)
	}
	return names
}

// measureFleet shows which blockers run.
func (s *system) measureFleet() {
	m, running, broken := s.app.meter, []string(nil), map[string]string{}
	for name := range s.fleet.running {
		m.Up(name, true)
		running = append(running, name)
	}
	for name, e := range s.fleet.broken {
		m.Up(name, false)
		broken[name] = errorText(dispatch.Why(e))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running, m.broken = running, broken
}

// measured has the meter go by the configuration of now.
func (s *system) measured(interval time.Duration) {
	m := s.app.meter
	if m == nil {
		return
	}
	names := metrics.Names{Sources: s.watchedSources(), Kinds: map[string][]entity.Kind{}, Channels: s.channelNames()}
	kinds := selectionPolicy(s.cfg, s.only, s.app.Now()).Kinds
	for _, name := range names.Sources {
		names.Kinds[name] = kinds
	}
	if s.static {
		names.Kinds[entity.SourceStatic] = []entity.Kind{entity.KindStatic}
	}
	for _, e := range s.fleet.enforcers() {
		names.Blockers = append(names.Blockers, e.Info())
	}
	m.Configured(names)
	m.Every(interval)
	m.Reloaded(s.app.Now(), true)
	m.keepOnly(names)
	s.measureFleet()
}

// keepOnly forgets what is not configured any more, and how the reload before ended.
func (m *meter) keepOnly(n metrics.Names) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused = time.Time{}
	maps.DeleteFunc(m.blockers, func(name string, _ fare) bool {
		return !slices.ContainsFunc(n.Blockers, func(b entity.Blocker) bool { return b.Name == name })
	})
}

// refuse notes that a reload was refused.
func (m *meter) refuse() {
	if m == nil {
		return
	}
	now := m.now()
	m.Reloaded(now, false)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused = now
}
