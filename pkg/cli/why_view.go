package cli

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/view"
)

// view is the answer.
func (q *inquiry) view(ctx context.Context) (view.Why, error) {
	v := view.Why{Schema: 1, Text: q.text, Targets: []view.Target{}}
	for _, err := range q.problems {
		v.Problems = append(v.Problems, inert.Line(err.Error()))
	}
	stops, err := q.journal.Stops(ctx)
	if err != nil {
		return v, err
	}
	for _, s := range view.StopsOf(stops) {
		v.Stopped = append(v.Stopped, s.Text)
	}
	v.NeverBlock = q.neverBlock()
	for _, t := range q.targets() {
		w, err := q.explain(ctx, t)
		if err != nil {
			return v, err
		}
		v.Targets = append(v.Targets, w)
	}
	if len(v.Targets) == 0 {
		events, err := q.journal.History(ctx, journal.Filter{Text: q.text, Limit: view.Recent})
		v.History = view.EventsOf(events)
		return v, err
	}
	return v, nil
}

// neverBlock asks about the text itself: as a destination, a host's address and name, and an account.
func (q *inquiry) neverBlock() string {
	for _, kind := range []entity.Kind{entity.KindHost, entity.KindStatic, entity.KindAccount} {
		t := handTarget(kind, q.text)
		switch kind {
		case entity.KindHost:
			t.Host = &entity.Host{IP: q.text, FullName: q.text}
		case entity.KindStatic:
			t.Static = &entity.Static{Destination: q.text}
		case entity.KindAccount:
			t.Account = &entity.Account{UID: q.text, FakeSAM: accountOf(q.text)}
		}
		if why, never := q.covers(t); never {
			return why
		}
	}
	return ""
}

// explain is everything about one target: what the journal knows, and what its source says now.
func (q *inquiry) explain(ctx context.Context, t entity.Target) (view.Target, error) {
	w, err := q.record.Explain(ctx, t)
	if s := q.seen(t.Ref); s != nil {
		w.Read = true
		w.Rules = judged(q.cfg, *s, q.rated(t.Source))
	}
	w.NeverBlock, _ = q.covers(t)
	if l := q.looks[t.Source]; l != nil {
		l.decided(&w, t.Ref)
	}
	return w, err
}

// decided is what a pass would do now.
func (l *look) decided(w *view.Target, ref entity.Ref) {
	for _, it := range l.report.Plan.Items {
		if it.Target.Ref == ref {
			v := view.ItemOf(it)
			v.Waits = l.report.Plan.Waits(it)
			w.Decisions = append(w.Decisions, v)
		}
	}
	for _, g := range l.report.Plan.Gates {
		if g.Kind == ref.Kind || g.Kind == "" {
			w.Gates = append(w.Gates, view.GatesOf([]plan.Gate{g})...)
		}
	}
}

// rated reports that a brain tells urgency.
func (q *inquiry) rated(source string) bool {
	return slices.ContainsFunc(q.brains, func(b *brain) bool { return b.name == source && b.Urgency() })
}
