package cli

import (
	"context"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// mostErrors is how many errors of a pass are remembered; they were told in full before.
const mostErrors = 20

// rememberPasses keeps what each source's pass found, for who looks between two passes. A pass over some kinds only says
// nothing of the others, and one that another process makes is remembered by that one.
func (s *system) rememberPasses(ctx context.Context, began time.Time, reports []reconcile.Report, dry bool) {
	if dry || len(s.only) < len(entity.Kinds()) {
		return
	}
	for _, r := range reports {
		if r.Leased != nil || r.Source == "" {
			continue
		}
		p := passOf(r)
		p.Began, p.Ended = began.UTC(), s.app.Now().UTC()
		if err := p.Remember(context.WithoutCancel(ctx), s.journal); err != nil {
			s.log.Warn("journal does not remember the pass", "source", r.Source, "error", err)
		}
	}
}

func passOf(r reconcile.Report) view.Pass {
	shown := viewSource(reconcile.Report{Source: r.Source, Fatal: r.Fatal, Err: r.Err})
	return view.Pass{
		Source: r.Source, Counts: tally(r), Frozen: r.Plan.Frozen, Gates: view.GatesOf(r.Plan.Gates),
		Stranded: strandedTexts(r), Errors: shown.Errors[:min(len(shown.Errors), mostErrors)],
	}
}

// tally counts the items of a report by action and by what became of them.
func tally(r reconcile.Report) map[string]int {
	counts := map[string]int{}
	if r.Plan.Kept > 0 {
		counts[string(entity.ActionKeep)] = r.Plan.Kept
	}
	for i := range r.Plan.Items {
		it := &r.Plan.Items[i]
		counts[string(it.Action)]++
		if it.Gated != "" {
			counts[heldBack]++
		}
	}
	for _, res := range r.Results {
		counts[resultText(res)]++
	}
	return counts
}
