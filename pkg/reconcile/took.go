package reconcile

import (
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Phase is a part of a pass.
type Phase string

// The phases: reading and deciding, changing devices, writing tags and notes.
const (
	PhaseLook   Phase = "look"
	PhaseAct    Phase = "act"
	PhaseRecord Phase = "record"
)

// laps notes in a report how long each phase took: what it gives is called at the end of each.
func (r *Reconciler) laps(report *Report) func(Phase) {
	report.Took = map[Phase]time.Duration{}
	took, began := report.Took, r.Now()
	return func(p Phase) {
		now := r.Now()
		took[p], began = now.Sub(began), now
	}
}

// seen counts by kind what was seen of those that were read completely.
func seen(obs plan.Observation) map[entity.Kind]int {
	counts := map[entity.Kind]int{}
	for _, kind := range obs.Read {
		if _, frozen := obs.Frozen[kind]; !frozen {
			counts[kind] = 0
		}
	}
	for i := range obs.Seen {
		if n, whole := counts[obs.Seen[i].Target.Kind]; whole {
			counts[obs.Seen[i].Target.Kind] = n + 1
		}
	}
	return counts
}
