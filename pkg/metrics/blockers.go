package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// aboutBlockers is what blockers are asked, and how they answer.
type aboutBlockers struct {
	up, answered *prometheus.GaugeVec
	results      *prometheus.CounterVec
	restarts     *prometheus.CounterVec
	requests     *prometheus.HistogramVec
}

func (m *Metrics) makeBlockers() aboutBlockers {
	return aboutBlockers{
		up:       m.gauge("var_blocker_up", "1 when the blocker's plugin runs, 0 when it could not be started.", "blocker"),
		answered: m.gauge("var_blocker_last_success_timestamp_seconds", "When a request to the blocker last succeeded for all that it was about; 0: not since the process began.", "blocker"),
		requests: m.seconds("var_blocker_request_duration_seconds", "Duration of requests to the blocker, repetitions each by itself, by call: block, unblock, elements, list.", "blocker", "call"),
		results:  m.counter("var_actions_total", "Changes that a pass tried, one for each target, by action (block, renew, repair, groom, release) and outcome: done, in_part, pending, unsupported, absent, failed, held_back, left for the next pass.", "blocker", "action", "outcome"),
		restarts: m.counter("var_plugin_restarts_total", "How often the blocker's plugin died and was started again.", "blocker"),
	}
}

// changes are the actions that ask something of devices.
var changes = []entity.Action{entity.ActionBlock, entity.ActionRenew, entity.ActionRepair, entity.ActionGroom, entity.ActionRelease}

func (m *Metrics) beginBlockers(n Names) {
	for _, blocker := range n.blockers() {
		m.answered.WithLabelValues(blocker)
		m.restarts.WithLabelValues(blocker)
		for _, action := range changes {
			m.results.WithLabelValues(blocker, string(action), "done")
			m.results.WithLabelValues(blocker, string(action), "failed")
		}
	}
	m.beginDrift(n)
	m.beginBlocks(n)
}

// Up says whether a blocker's plugin runs.
func (m *Metrics) Up(blocker string, runs bool) {
	m.up.WithLabelValues(blocker).Set(truth(runs))
}

// Restarted counts a plugin that died and was started again.
func (m *Metrics) Restarted(blocker string) { m.restarts.WithLabelValues(blocker).Inc() }

// Called counts a request to a blocker that ended at a time.
func (m *Metrics) Called(c dispatch.Call, at time.Time) {
	m.requests.WithLabelValues(c.Blocker, c.Name).Observe(c.Took.Seconds())
	if c.Err == nil {
		m.answered.WithLabelValues(c.Blocker).Set(seconds(at))
	}
}

// acted counts what became of changes.
func (m *Metrics) acted(results []dispatch.Result) {
	known := map[string]bool{}
	for _, name := range m.names.blockers() {
		known[name] = true
	}
	for i := range results {
		if r := &results[i]; known[r.Item.Blocker] {
			m.results.WithLabelValues(r.Item.Blocker, string(r.Item.Action), ending(r)).Inc()
		}
	}
}

// ending is what became of a change, in one word.
func ending(r *dispatch.Result) string {
	switch {
	case r.HeldBack != "":
		return "held_back"
	case r.Left():
		return "left"
	case r.Partial():
		return "in_part"
	case r.Failed():
		return "failed"
	case r.Holding != nil && r.Holding.State == entity.Pending:
		return "pending"
	case r.Err != nil && (r.Holding == nil || r.Holding.State != entity.Complete):
		return string(entity.ClassOf(r.Err))
	}
	return "done"
}
