package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// aboutHeld is what is held, and how far devices agree.
type aboutHeld struct {
	blocks, stranded, ratio, readable, drift, foreign, intents *prometheus.GaugeVec
}

func (m *Metrics) makeHeld() aboutHeld {
	return aboutHeld{
		blocks:   m.gauge("var_blocks_active", "Targets that are held after the last pass, by state: complete, partial, pending, releasing, or refused, which is on no device.", "blocker", "kind", "state"),
		stranded: m.gauge("var_stranded_holdings", "Targets that nothing releases by itself since their blocker, device or source is not configured, or the blocker blocks in another place.", "source", "blocker"),
		ratio:    m.gauge("var_enforced_ratio", "Share of the elements held that a device has in force, by the last comparison and what it confirmed since; 1 where nothing is held. Absent where it could not be read.", "blocker", "device"),
		readable: m.gauge("var_device_read", "1 when the device could be read in the last comparison.", "blocker", "device"),
		drift:    m.gauge("var_drift_entries", "What did not agree in the last comparison, by direction: missing, targets of which something was to be put back; surplus, elements of ours that nobody holds.", "blocker", "direction"),
		foreign:  m.gauge("var_foreign_conflicts", "Elements on devices in the last comparison that nobody holds and that are not ours beyond doubt, or are not ours and without effect.", "blocker"),
		intents:  m.gauge("var_open_intents", "Changes that were begun and not recorded to the end."),
	}
}

var (
	states = []entity.State{entity.Complete, entity.Partial, entity.Pending, entity.Releasing, entity.Refused}
	drifts = []string{"missing", "surplus"}
)

// Held shows what is held now, and how much of it is in force.
func (m *Metrics) Held(held []entity.Holding, enforced []reconcile.Enforcement) {
	m.change(func() {
		m.blocks.Reset()
		m.beginBlocks(m.names)
		for i := range held {
			h := &held[i]
			m.blocks.WithLabelValues(h.Blocker, string(h.Target.Kind), string(h.State)).Inc()
		}
		m.ratio.Reset()
		m.readable.Reset()
		for _, e := range enforced {
			m.enforce(e)
		}
	})
}

func (m *Metrics) beginBlocks(n Names) {
	for i := range n.Blockers {
		for _, kind := range n.Blockers[i].Kinds {
			for _, state := range states {
				m.blocks.WithLabelValues(n.Blockers[i].Name, string(kind), string(state))
			}
		}
	}
}

// enforce shows a device of a blocker that is configured; of others an old comparison may still be kept.
func (m *Metrics) enforce(e reconcile.Enforcement) {
	if !slices.Contains(m.names.blockers(), e.Blocker) {
		return
	}
	m.readable.WithLabelValues(e.Blocker, e.Device).Set(truth(e.Problem == ""))
	switch {
	case e.Problem != "":
	case e.Held == 0:
		m.ratio.WithLabelValues(e.Blocker, e.Device).Set(1)
	default:
		m.ratio.WithLabelValues(e.Blocker, e.Device).Set(float64(e.Enforced) / float64(e.Held))
	}
}

// compared shows what is stranded, and what a comparison with the devices found.
func (m *Metrics) compared(r Round) {
	m.stranded.Reset()
	m.beginStranded(m.names)
	if r.Compared {
		m.drift.Reset()
		m.foreign.Reset()
		m.beginDrift(m.names)
	}
	for i := range r.Reports {
		for k := range r.Reports[i].Plan.Items {
			m.strayed(r.Reports[i].Source, &r.Reports[i].Plan.Items[k])
		}
		for _, o := range r.Reports[i].Orphans {
			m.orphaned(o)
		}
	}
}

func (m *Metrics) beginStranded(n Names) {
	for _, source := range n.Sources {
		for _, blocker := range n.blockers() {
			m.stranded.WithLabelValues(source, blocker)
		}
	}
}

func (m *Metrics) beginDrift(n Names) {
	for _, blocker := range n.blockers() {
		m.foreign.WithLabelValues(blocker)
		for _, direction := range drifts {
			m.drift.WithLabelValues(blocker, direction)
		}
	}
}

func (m *Metrics) strayed(source string, it *plan.Item) {
	if it.Action == entity.ActionRepair {
		m.drift.WithLabelValues(it.Blocker, drifts[0]).Inc()
	}
	if it.Stranded() {
		m.stranded.WithLabelValues(source, it.Blocker).Inc()
	}
}

func (m *Metrics) orphaned(o plan.Orphan) {
	if o.Take {
		m.drift.WithLabelValues(o.Blocker, drifts[1]).Inc()
		return
	}
	m.foreign.WithLabelValues(o.Blocker).Inc()
}
