// Package metrics counts what passes find and do, and exposes it for Prometheus. It is the only door to client_golang.
// Labels have the names of things in the configuration and words of ours as values, never a target, an address or the
// text of an error: their number is bounded.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// Build is what the program was built from.
type Build struct{ Version, Revision string }

// Metrics is everything that is counted, from the beginning of the process on, whatever is reloaded. It may be used by
// several at once.
type Metrics struct {
	registry *prometheus.Registry
	made     []Definition
	// mu keeps a scrape from seeing half of a change.
	mu    sync.RWMutex
	names Names

	aboutProcess
	aboutPasses
	aboutHeld
	aboutBlockers
	aboutChannels
}

// New makes all metrics.
func New(b Build) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.aboutProcess = m.makeProcess()
	m.aboutPasses = m.makePasses()
	m.aboutHeld = m.makeHeld()
	m.aboutBlockers = m.makeBlockers()
	m.aboutChannels = m.makeChannels()
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.build.WithLabelValues(b.Version, b.Revision, runtime.Version()).Set(1)
	m.begin()
	return m
}

// begin lets what is there in any case begin at zero.
func (m *Metrics) begin() {
	m.well.WithLabelValues()
	m.ended.WithLabelValues()
	m.deaf.WithLabelValues()
	for _, stop := range stops {
		m.stopped.WithLabelValues(stop)
	}
	for _, level := range levels {
		m.lines.WithLabelValues(levelName(level))
	}
	for _, list := range lists {
		m.spared.WithLabelValues(list)
	}
}

// scrapes is how many are answered at once.
const scrapes = 4

// Handler answers scrapes. Before each one refresh may bring up to date what changes between passes; nil: nothing does.
func (m *Metrics) Handler(refresh func(context.Context), log *slog.Logger) http.Handler {
	expose := promhttp.HandlerFor(prometheus.GathererFunc(m.Gather), promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), MaxRequestsInFlight: scrapes, EnableOpenMetrics: true,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refresh != nil {
			refresh(r.Context())
		}
		expose.ServeHTTP(w, r)
	})
}

// Gather gives all metrics as they are now.
func (m *Metrics) Gather() ([]*dto.MetricFamily, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.registry.Gather()
}

// change lets something be changed that is seen as a whole, or not yet.
func (m *Metrics) change(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}
