package cli

import (
	"context"
	"log/slog"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/logs"
	"github.com/var-project/var/pkg/reconcile"
)

// tellLog says in the log how a round ended: what was done over each source, and what the predecessor said of its runs.
func (s *system) tellLog(ctx context.Context, began time.Time, reports []reconcile.Report, dry bool) {
	if !s.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	acted := 0
	for _, r := range reports {
		acted += s.tellSource(ctx, r)
	}
	switch {
	case dry:
		s.log.InfoContext(ctx, "dry run, nothing was changed")
	case acted == 0:
		s.log.InfoContext(ctx, "no actions taken")
	}
	if closed := s.closed(); closed.Why != "" {
		s.log.InfoContext(ctx, "not within the response window", "waiting", countWaiting(reports), "reason", closed.Why)
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "run finished", slog.Int("actions", acted), logs.Duration(s.app.Now().Sub(began)))
}

// tellSource says how the pass over a source ended, and counts what was tried.
func (s *system) tellSource(ctx context.Context, r reconcile.Report) int {
	held := 0
	for _, it := range r.Plan.Items {
		if it.Gated != "" {
			held++
		}
	}
	tried := map[string]int{}
	for _, res := range r.Results {
		switch {
		case res.HeldBack != "":
			held++
		case res.Failed():
			tried[entity.OutcomeFailed]++
		default:
			tried[entity.OutcomeDone]++
		}
	}
	attrs := []slog.Attr{
		slog.String("source", r.Source), slog.String("outcome", passOutcome(r)),
		slog.Int("done", tried[entity.OutcomeDone]), slog.Int("failed", tried[entity.OutcomeFailed]), slog.Int("held_back", held),
	}
	if why := incomplete(r); why != "" {
		attrs = append(attrs, slog.String("error", why))
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "source done", attrs...)
	return tried[entity.OutcomeDone] + tried[entity.OutcomeFailed]
}

func passOutcome(r reconcile.Report) string {
	switch {
	case r.Fatal != nil, r.Leased != nil:
		return entity.OutcomeFailed
	case r.Failed():
		return entity.OutcomePart
	}
	return entity.OutcomeDone
}

// countWaiting counts the blocks that wait for the window.
func countWaiting(reports []reconcile.Report) int {
	n := 0
	for _, r := range reports {
		for _, it := range r.Plan.Items {
			if it.Action == entity.ActionBlock && r.Plan.Waits(it) {
				n++
			}
		}
	}
	return n
}
