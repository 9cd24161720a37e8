package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// aboutProcess is what concerns the loop as a whole.
type aboutProcess struct {
	build, reloaded, reloadedAt, interval *prometheus.GaugeVec
	stopped, open, journal                *prometheus.GaugeVec
	lines, deaf                           *prometheus.CounterVec
}

func (m *Metrics) makeProcess() aboutProcess {
	return aboutProcess{
		build:      m.gauge("var_build_info", "What runs; always 1.", "version", "revision", "go_version"),
		reloaded:   m.gauge("var_config_last_reload_success", "1 when the last reading of the configuration was taken over, 0 when the one before stayed in force."),
		reloadedAt: m.gauge("var_config_last_reload_timestamp_seconds", "When the configuration that is in force was read."),
		interval:   m.gauge("var_run_interval_seconds", "Time from one pass to the next."),
		stopped:    m.gauge("var_stopped", `1 while a person has stopped what var does, by what: panic, pause.`, "stop"),
		open:       m.gauge("var_window_open", "1 while new blocks are allowed by the window, 0 while they wait."),
		journal:    m.gauge("var_journal_up", "1 when the journal answered at the last scrape."),
		lines:      m.counter("var_log_messages_total", "Lines that were logged, by level: debug, info, warn, error.", "level"),
		deaf:       m.counter("var_admin_listen_failures_total", "How often the admin listener could not listen where it was told to, counted when that began or became another trouble."),
	}
}

// stops are what a person can stop.
var stops = []string{"panic", "pause"}

// Reloaded says that the configuration was read: and taken over, or not.
func (m *Metrics) Reloaded(at time.Time, taken bool) {
	m.change(func() {
		m.reloaded.WithLabelValues().Set(truth(taken))
		if taken {
			m.reloadedAt.WithLabelValues().Set(seconds(at))
		}
	})
}

// State is what changes between passes too.
type State struct {
	// Panic, Pause: a person stopped what var does.
	Panic, Pause bool
	// Open: the window lets new blocks pass.
	Open bool
	// OpenIntents are changes that were begun and not recorded to the end.
	OpenIntents int
}

// Refreshed says how things are now; err: the journal did not answer, and things are shown as they were.
func (m *Metrics) Refreshed(s State, err error) {
	m.change(func() {
		m.journal.WithLabelValues().Set(truth(err == nil))
		if err != nil {
			return
		}
		m.stopped.WithLabelValues(stops[0]).Set(truth(s.Panic))
		m.stopped.WithLabelValues(stops[1]).Set(truth(s.Pause))
		m.open.WithLabelValues().Set(truth(s.Open))
		m.intents.WithLabelValues().Set(float64(s.OpenIntents))
	})
}

// Every says how long it is from one pass to the next.
func (m *Metrics) Every(interval time.Duration) {
	m.interval.WithLabelValues().Set(interval.Seconds())
}

// NotListening counts a trouble of the admin listener.
func (m *Metrics) NotListening() { m.deaf.WithLabelValues().Inc() }

// seconds is a time as Prometheus counts it; the zero time is never, which is 0.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
