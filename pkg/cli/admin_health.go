package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/admin"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

// Health is what is well and what is not, by the journal and by what the process has seen itself.
func (f *facts) Health(ctx context.Context) admin.Health {
	s, interval := f.now()
	h := admin.Health{
		Schema: 1, Version: Version, Started: f.started.UTC(), At: s.app.Now().UTC(), Pass: f.meter.lastPass().UTC(),
		Problems: []string{}, Stopped: []admin.Stop{}, Gates: []admin.Gate{}, Sources: []admin.Part{}, Blockers: []admin.Part{},
	}
	f.stops(ctx, s, &h)
	f.sources(ctx, s, interval, &h)
	f.channels(ctx, s, &h)
	f.meter.health(&h)
	if err := f.Alive(); err != nil {
		h.Problems = append(h.Problems, err.Error())
	}
	h.OK = len(h.Problems) == 0
	return h
}

// stops tells who stopped what. A panic is a problem: nobody is blocked.
func (f *facts) stops(ctx context.Context, s *system, h *admin.Health) {
	stops, err := s.journal.Stops(ctx)
	if err != nil {
		h.Problems = append(h.Problems, "journal: "+inert.Line(err.Error()))
	}
	for _, stop := range view.StopsOf(stops) {
		h.Stopped = append(h.Stopped, admin.Stop{What: stop.What, By: stop.By.Who, At: stop.By.At, Reason: stop.By.Reason})
	}
	if stops.Panic != nil {
		h.Problems = append(h.Problems, view.StopsOf(stops)[0].Text)
	}
}

// sources tells when each was last read completely. One that is silent for three intervals is a problem, whoever was to
// read it.
func (f *facts) sources(ctx context.Context, s *system, interval time.Duration, h *admin.Health) {
	for _, name := range s.watchedSources() {
		at, err := view.LastComplete(ctx, s.journal, name)
		if err != nil {
			h.Problems = append(h.Problems, fmt.Sprintf("source %s: %s", name, inert.Line(err.Error())))
		}
		h.Sources = append(h.Sources, admin.Part{Name: name, Success: at})
		last := at
		if last.Before(f.started) {
			last = f.started
		}
		if h.At.Sub(last) > tooLong*interval {
			h.Problems = append(h.Problems, fmt.Sprintf("source %s: no complete pass since %s", name, view.Stamp(at)))
		}
	}
}

// channels tells which do not take what they are sent.
func (f *facts) channels(ctx context.Context, s *system, h *admin.Health) {
	all, err := s.channels(ctx)
	if err != nil {
		h.Problems = append(h.Problems, "notifications: "+inert.Line(err.Error()))
	}
	for _, c := range all {
		h.Channels = append(h.Channels, admin.Channel{Name: c.Name, Pending: c.Waiting, Problem: c.Problem})
		if !c.Down.IsZero() {
			h.Problems = append(h.Problems, fmt.Sprintf("channel %s down since %s, %d events wait: %s", c.Name, view.Stamp(c.Down), c.Waiting, inert.Line(c.Problem)))
		}
	}
}

// health adds what the process has seen itself.
func (m *meter) health(h *admin.Health) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.refused.IsZero() {
		h.Problems = append(h.Problems, fmt.Sprintf("the reload of %s was refused, what was read before is in force", view.Stamp(m.refused)))
	}
	for i := range h.Sources {
		h.Sources[i].Problem = m.passed[h.Sources[i].Name].problem
	}
	for _, source := range slices.Sorted(maps.Keys(m.passed)) {
		h.Problems = append(h.Problems, m.passed[source].problems(source)...)
		h.Gates = append(h.Gates, m.passed[source].gates...)
	}
	for _, name := range m.blockerNames() {
		part := admin.Part{Name: name, Success: m.blockers[name].success.UTC(), Problem: m.blockers[name].problem}
		if why, is := m.broken[name]; is {
			part.Problem = why
		}
		if part.Problem != "" {
			h.Problems = append(h.Problems, fmt.Sprintf("blocker %s: %s", name, part.Problem))
		}
		h.Blockers = append(h.Blockers, part)
	}
}

// blockerNames are those of the configuration.
func (m *meter) blockerNames() []string {
	names := slices.Collect(maps.Keys(m.broken))
	return slices.Sorted(slices.Values(append(names, m.running...)))
}

// lastPass is when the last pass ended; zero: none has yet.
func (m *meter) lastPass() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ended
}
