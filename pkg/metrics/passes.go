package metrics

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// aboutPasses is what passes find and decide.
type aboutPasses struct {
	rounds, unread, spared                *prometheus.CounterVec
	took                                  *prometheus.HistogramVec
	well, ended, complete, objects, plans *prometheus.GaugeVec
	gates, notes, strays                  *prometheus.GaugeVec
}

func (m *Metrics) makePasses() aboutPasses {
	return aboutPasses{
		rounds:   m.counter("var_reconcile_passes_total", "Passes over a source, by how they ended: done; held_back by a gate, a pause or a panic; partial when something failed or could not be read; leased when another process was at it; failed when there was no pass at all.", "source", "outcome"),
		took:     m.seconds("var_reconcile_duration_seconds", "Duration of what a pass does, by phase: look (read and decide), act (change devices), record (tags and notes), sweep (take off devices what nobody holds), and of the whole pass over all sources.", "phase"),
		well:     m.gauge("var_reconcile_last_success_timestamp_seconds", "When a pass over all sources last ended in which nothing failed, nothing was unread and nothing held back by a gate; 0: not since the process began."),
		ended:    m.gauge("var_reconcile_last_end_timestamp_seconds", "When a pass over all sources last ended, however it did; 0: not since the process began."),
		complete: m.gauge("var_source_last_success_timestamp_seconds", "When a source was last read completely, by any process; 0: never.", "source"),
		unread:   m.counter("var_source_errors_total", `Passes in which a kind could not be read completely, which froze it; kind "any" where the whole source could not be looked at.`, "source", "kind"),
		objects:  m.gauge("var_source_objects", "Targets of the last pass for which a rule spoke, or which are held or named by a person.", "source", "kind"),
		plans:    m.gauge("var_plan_changes", "Decisions of the last pass, one for each target and blocker, by action: block, renew, repair, groom, release, spare; held back ones too.", "source", "action"),
		gates:    m.gauge("var_gate_tripped", `1 while a gate holds something back, by kind and direction (block, release); kind "any" is the gate on a whole source.`, "source", "kind", "direction"),
		spared:   m.counter("var_neverblock_hits_total", "How often a pass did not block, or released, what must never be blocked, one for each target and blocker, by list: configured (never_block) or built_in (what var and its machine hang on).", "list"),
		notes:    m.gauge("var_notes_pending", "Notes that are still to be written to the brain.", "source"),
		strays:   m.gauge("var_unknown_labels", "Receipt labels in the tags of the brain that no blocker of the configuration has.", "source"),
	}
}

// any stands for all kinds at once, and for directions of a whole source.
const anyKind = "any"

var (
	outcomes   = []string{"done", "held_back", "partial", "leased", "failed"}
	actions    = []entity.Action{entity.ActionBlock, entity.ActionRenew, entity.ActionRepair, entity.ActionGroom, entity.ActionRelease, entity.ActionSpare}
	directions = []string{plan.DirectionBlock, plan.DirectionRelease}
	lists      = []string{"configured", "built_in"}
)

// beginSources lets the counters and gauges of sources begin at zero.
func (m *Metrics) beginSources(n Names) {
	for _, source := range n.Sources {
		for _, outcome := range outcomes {
			m.rounds.WithLabelValues(source, outcome)
		}
		m.complete.WithLabelValues(source)
		m.unread.WithLabelValues(source, anyKind)
		m.gates.WithLabelValues(source, anyKind, plan.DirectionRelease)
		m.notes.WithLabelValues(source)
		m.strays.WithLabelValues(source)
		for _, action := range actions {
			m.plans.WithLabelValues(source, string(action))
		}
		for _, kind := range n.Kinds[source] {
			m.unread.WithLabelValues(source, string(kind))
			m.objects.WithLabelValues(source, string(kind))
			for _, direction := range directions {
				m.gates.WithLabelValues(source, string(kind), direction)
			}
		}
	}
}

// Round is one pass over all sources.
type Round struct {
	Began, Ended time.Time
	// Reports are of its passes, and of the sweep after them.
	Reports []reconcile.Report
	// Marred: a blocker did not run, or lines of the static list could not be read.
	Marred bool
	// Compared: what is held was compared with what devices list.
	Compared bool
}

// Passed counts what a pass over all sources found and did.
func (m *Metrics) Passed(r Round) {
	m.change(func() {
		m.took.WithLabelValues("pass").Observe(r.Ended.Sub(r.Began).Seconds())
		m.ended.WithLabelValues().Set(seconds(r.Ended))
		well := !r.Marred
		for i := range r.Reports {
			report := &r.Reports[i]
			well = well && outcome(report) == "done"
			m.timed(report)
			m.acted(report.Results)
			if slices.Contains(m.names.Sources, report.Source) {
				m.looked(report)
			}
		}
		if well {
			m.well.WithLabelValues().Set(seconds(r.Ended))
		}
		m.compared(r)
	})
}

// Swept counts how long it took to take off devices what nobody holds.
func (m *Metrics) Swept(took time.Duration) { m.took.WithLabelValues("sweep").Observe(took.Seconds()) }

// outcome is how a pass ended.
func outcome(r *reconcile.Report) string {
	switch {
	case r.Fatal != nil:
		return "failed"
	case r.Leased != nil:
		return "leased"
	case r.Failed():
		return "partial"
	case r.HeldBack():
		return "held_back"
	}
	return "done"
}

func (m *Metrics) timed(r *reconcile.Report) {
	for phase, took := range r.Took {
		m.took.WithLabelValues(string(phase)).Observe(took.Seconds())
	}
}

// looked counts what a pass over a source found. One that was not made found nothing: what was before stays.
func (m *Metrics) looked(r *reconcile.Report) {
	m.rounds.WithLabelValues(r.Source, outcome(r)).Inc()
	switch {
	case r.Leased != nil:
		return
	case r.Fatal != nil:
		m.unread.WithLabelValues(r.Source, anyKind).Inc()
		return
	}
	for kind := range r.Plan.Frozen {
		m.unread.WithLabelValues(r.Source, string(kind)).Inc()
	}
	for kind, n := range r.Seen {
		m.objects.WithLabelValues(r.Source, string(kind)).Set(float64(n))
	}
	m.notes.WithLabelValues(r.Source).Set(float64(r.Notes))
	m.strays.WithLabelValues(r.Source).Set(float64(len(r.Strays)))
	m.planned(r)
	m.gated(r)
}

// planned counts decisions.
func (m *Metrics) planned(r *reconcile.Report) {
	counts := map[entity.Action]int{}
	for i := range r.Plan.Items {
		it := &r.Plan.Items[i]
		counts[it.Action]++
		for _, why := range it.Reasons {
			if why.Rule == plan.RuleNeverBlock {
				m.spared.WithLabelValues(list(why)).Inc()
			}
		}
	}
	for _, action := range actions {
		m.plans.WithLabelValues(r.Source, string(action)).Set(float64(counts[action]))
	}
}

// list is where it stands that something must never be blocked.
func list(why plan.Reason) string {
	if strings.HasPrefix(why.Detail, "never_block ") {
		return lists[0]
	}
	return lists[1]
}

// gated shows the gates that hold something back now, and no others.
func (m *Metrics) gated(r *reconcile.Report) {
	m.gates.DeletePartialMatch(prometheus.Labels{"source": r.Source})
	for _, kind := range m.names.Kinds[r.Source] {
		for _, direction := range directions {
			m.gates.WithLabelValues(r.Source, string(kind), direction)
		}
	}
	m.gates.WithLabelValues(r.Source, anyKind, plan.DirectionRelease)
	for _, g := range r.Plan.Gates {
		kind := string(g.Kind)
		if kind == "" {
			kind = anyKind
		}
		m.gates.WithLabelValues(r.Source, kind, g.Direction).Set(1)
	}
}

// Complete says when sources were last read completely, by any process.
func (m *Metrics) Complete(at map[string]time.Time) {
	m.change(func() {
		for source, when := range at {
			m.complete.WithLabelValues(source).Set(seconds(when))
		}
	})
}
