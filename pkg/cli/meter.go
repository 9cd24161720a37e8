package cli

import (
	"log/slog"
	"sync"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/metrics"
	"github.com/var-project/var/pkg/reconcile"
)

// meter counts what a loop does and remembers how it fares, for those who watch it: from its beginning to its end,
// whatever is reloaded. A nil one is that of a command which nobody watches.
type meter struct {
	*metrics.Metrics
	now func() time.Time

	mu sync.Mutex
	// blockers are how requests ended, by blocker, since the process began.
	blockers map[string]fare
	// running are the blockers that run, broken those that do not, with why.
	running []string
	broken  map[string]string
	// passed are the reports of the last pass in brief, and when it ended; zero: none has yet.
	passed  map[string]finding
	ended   time.Time
	refused time.Time
	// compares: the pass under way compares what is held with what the devices list.
	compares bool
}

// fare is how something went lately.
type fare struct {
	success time.Time
	problem string
}

func (a *App) newMeter() *meter {
	return &meter{
		Metrics: metrics.New(metrics.Build{Version: Version, Revision: Commit}), now: a.Now,
		blockers: map[string]fare{}, passed: map[string]finding{},
	}
}

// called counts a request.
func (m *meter) called(c dispatch.Call) {
	if m == nil {
		return
	}
	now := m.now()
	m.Called(c, now)
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.blockers[c.Blocker]
	if f.problem = errorText(c.Err); c.Err == nil {
		f.success = now
	}
	m.blockers[c.Blocker] = f
}

// counting has the lines of a log counted.
func (m *meter) counting(h slog.Handler) slog.Handler {
	if m == nil {
		return h
	}
	return m.CountLines(h)
}

// restarted counts a plugin that was started again; nil: nobody wants to know.
func (m *meter) restarted() func(blocker string) {
	if m == nil {
		return nil
	}
	return m.Restarted
}

// comparing notes whether the pass under way compares.
func (m *meter) comparing(is bool) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.compares = is
}

// find keeps what the reports left to be looked at. Where another process was at it, what was known before counts.
func (m *meter) find(reports []reconcile.Report) {
	passed := map[string]finding{}
	for _, r := range reports {
		f, made := findingOf(r)
		if was, known := m.passed[r.Source]; !made && known {
			f = was
		}
		passed[r.Source] = f
	}
	m.passed = passed
}

// sweeping counts how long a sweep takes that begins now: what it gives ends it.
func (m *meter) sweeping() (over func()) {
	if m == nil {
		return func() {}
	}
	began := m.now()
	return func() { m.Swept(m.now().Sub(began)) }
}

// round counts what a pass over all sources found and did. It is marred where something failed that no report tells of.
func (m *meter) round(began time.Time, reports []reconcile.Report, marred bool) {
	m.mu.Lock()
	m.ended = m.now()
	m.find(reports)
	r := metrics.Round{Began: began, Ended: m.ended, Reports: reports, Marred: marred, Compared: m.compares}
	m.mu.Unlock()
	m.Passed(r)
}
