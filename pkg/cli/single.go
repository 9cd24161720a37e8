package cli

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// passFor makes a pass over the source of one target, and carries out only what concerns it.
func (s *system) passFor(ctx context.Context, refs ...entity.Ref) []reconcile.Report {
	mine := map[entity.Ref]bool{}
	sources := map[string]bool{}
	for _, ref := range refs {
		mine[ref], sources[ref.Source] = true, true
	}
	o := reconcile.Options{Only: func(it plan.Item) bool { return mine[it.Target.Ref] }}
	all := s.sources()
	if err := s.takeOver(ctx, all); err != nil {
		return []reconcile.Report{{Source: "journal", Fatal: err}}
	}
	var reports []reconcile.Report
	for _, src := range all {
		if sources[src.Name] {
			reports = append(reports, about(s.rec.Pass(ctx, src, o), mine))
		}
	}
	return reports
}

// about leaves of a report what concerns these targets.
func about(r reconcile.Report, mine map[entity.Ref]bool) reconcile.Report {
	var items []plan.Item
	for _, it := range r.Plan.Items {
		if mine[it.Target.Ref] {
			items = append(items, it)
		}
	}
	frozen := map[entity.Kind]string{}
	for ref := range mine {
		if why, is := r.Plan.Frozen[ref.Kind]; is && ref.Source == r.Source {
			frozen[ref.Kind] = why
		}
	}
	r.Plan.Items, r.Plan.Frozen, r.Plan.Gates, r.Plan.Lifted, r.Strays = items, frozen, nil, nil, nil
	return r
}

// covers asks the never-block set for a target.
func (s *system) covers(t entity.Target) (why string, covered bool) {
	if s.rec.Protect == nil {
		return "", false
	}
	set := s.rec.Protect()
	if set == nil {
		return "", false
	}
	return set.Covers(t, nil)
}

// verdictOn is the exit code of what was done about single targets: a live holder of a lease counts by itself.
func (s *system) verdictOn(ctx context.Context, reports []reconcile.Report) error {
	code := codeOf(s.verdict(ctx, reports, false))
	if leased(reports) {
		code = worst(code, ExitLeased)
	}
	if code == ExitDone {
		return nil
	}
	return &exit{code, nil}
}

// leased reports that another process was at work on a source or a blocker all the time.
func leased(reports []reconcile.Report) bool {
	var busy *entity.LeasedError
	for _, r := range reports {
		if r.Leased != nil {
			return true
		}
		for _, res := range r.Results {
			if errors.As(res.Err, &busy) {
				return true
			}
		}
	}
	return false
}
