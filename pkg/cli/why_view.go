package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
)

// whyView is the stable shape of why in JSON.
type whyView struct {
	Schema int    `json:"schema"`
	Text   string `json:"text"`
	// Stopped are a pause or a panic.
	Stopped []string `json:"stopped,omitempty"`
	// NeverBlock is why nothing may block what was asked about, taken as an address, a domain or an account.
	NeverBlock string      `json:"never_block,omitempty"`
	Targets    []targetWhy `json:"targets"`
	// History is that of the text, where it means no target.
	History []eventView `json:"history,omitempty"`
	// Problems are what could not be asked.
	Problems []string `json:"problems,omitempty"`
}

// targetWhy is everything about one target.
type targetWhy struct {
	Source string        `json:"source"`
	Kind   entity.Kind   `json:"kind"`
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Target entity.Target `json:"target"`
	// Read says that the source was asked now. Else Recorded is when the journal's copy was last confirmed.
	Read     bool      `json:"read"`
	Recorded time.Time `json:"recorded,omitzero"`
	// NeverBlock is why nothing may block it; empty when something may.
	NeverBlock string       `json:"never_block,omitempty"`
	Order      *orderView   `json:"order,omitempty"`
	Rules      []ruleView   `json:"rules,omitempty"`
	Decisions  []itemView   `json:"decisions,omitempty"`
	Gates      []gateView   `json:"gates,omitempty"`
	Holdings   []heldWhy    `json:"holdings,omitempty"`
	Intents    []intentView `json:"intents,omitempty"`
	Notes      []string     `json:"notes,omitempty"`
	History    []eventView  `json:"history,omitempty"`
}

type orderView struct {
	Source string      `json:"source"`
	Kind   entity.Kind `json:"kind"`
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Verb   entity.Verb `json:"verb"`
	Until  time.Time   `json:"until,omitzero"`
	Ended  bool        `json:"ended,omitempty"`
	By     entity.By   `json:"by"`
	Tag    string      `json:"tag,omitempty"`
}

// heldWhy is a holding with whoever else holds the same elements.
type heldWhy struct {
	holdingView
	// Confirmed is when the devices last had all of it by their own word: that of a block, or of their lists since.
	Confirmed time.Time `json:"confirmed,omitzero"`
	// Compared are the devices that did not have all of it when they were last compared, or could not be read.
	Compared []deviceStatus `json:"compared,omitempty"`
	Others   []otherView    `json:"others,omitempty"`
}

type otherView struct {
	Element string `json:"element"`
	Holder  string `json:"holder"`
}

type intentView struct {
	Action   entity.Action `json:"action"`
	Blocker  string        `json:"blocker"`
	Elements []string      `json:"elements,omitempty"`
	At       time.Time     `json:"at"`
	// Settled: the devices have answered, the brain was not told yet.
	Settled bool `json:"settled"`
}

// recent is how many events of a target are shown.
const recent = 20

func (q *inquiry) view(ctx context.Context) (whyView, error) {
	v := whyView{Schema: 1, Text: q.text, Targets: []targetWhy{}}
	for _, err := range q.problems {
		v.Problems = append(v.Problems, oneLine(err.Error()))
	}
	stops, err := q.journal.Stops(ctx)
	if err != nil {
		return v, err
	}
	for _, s := range stopTexts(stops) {
		v.Stopped = append(v.Stopped, s.text)
	}
	v.NeverBlock = q.neverBlock()
	left, err := q.journal.Intents(ctx)
	if err != nil {
		return v, err
	}
	holders := plan.Count(q.held)
	for _, t := range q.targets() {
		w, err := q.explain(ctx, t, left, holders)
		if err != nil {
			return v, err
		}
		v.Targets = append(v.Targets, w)
	}
	if len(v.Targets) == 0 {
		events, err := q.journal.History(ctx, journal.Filter{Text: q.text, Limit: recent})
		v.History = viewEvents(events)
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

// explain is everything about one target.
func (q *inquiry) explain(ctx context.Context, t entity.Target, left []entity.Leftover, holders plan.Holders) (targetWhy, error) {
	w := targetWhy{Source: t.Source, Kind: t.Kind, ID: t.ID, Name: t.Name, Target: t.WithRaw(nil)}
	if s := q.seen(t.Ref); s != nil {
		w.Read = true
		w.Rules = judged(q.cfg, *s, q.rated(t.Source))
	}
	w.NeverBlock, _ = q.covers(t)
	for _, o := range q.orders {
		if o.Target.Ref == t.Ref {
			w.Order = ptrTo(viewOrder(o, q.app.Now()))
		}
	}
	for _, h := range q.held {
		if h.Target.Ref == t.Ref {
			one := withOthers(h, holders)
			if err := one.compared(ctx, q.journal, h); err != nil {
				return w, err
			}
			w.Holdings = append(w.Holdings, one)
			w.Recorded = later(w.Recorded, h.Asserted)
		}
	}
	for _, o := range left {
		if in := o.Intent; in.Target.Ref == t.Ref {
			w.Intents = append(w.Intents, intentView{Action: in.Action, Blocker: in.Blocker, Elements: in.Elements, At: in.At, Settled: o.Settled})
		}
	}
	if l := q.looks[t.Source]; l != nil {
		w.decided(l, t.Ref)
	}
	return w, q.remember(ctx, &w, t.Ref)
}

// decided is what a pass would do now.
func (w *targetWhy) decided(l *look, ref entity.Ref) {
	for _, it := range l.report.Plan.Items {
		if it.Target.Ref == ref {
			v := viewItem(it)
			v.Waits = l.report.Plan.Waits(it)
			w.Decisions = append(w.Decisions, v)
		}
	}
	for _, g := range l.report.Plan.Gates {
		if g.Kind == ref.Kind || g.Kind == "" {
			w.Gates = append(w.Gates, viewGates([]plan.Gate{g})...)
		}
	}
}

// remember adds what the journal tells besides holdings.
func (q *inquiry) remember(ctx context.Context, w *targetWhy, ref entity.Ref) error {
	notes, err := q.journal.Notes(ctx, ref.Source)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Ref == ref {
			w.Notes = append(w.Notes, n.Text)
		}
	}
	events, err := q.journal.History(ctx, journal.Filter{Ref: &ref, Limit: recent})
	w.History = viewEvents(events)
	return err
}

// rated reports that a brain tells urgency.
func (q *inquiry) rated(source string) bool {
	return slices.ContainsFunc(q.brains, func(b *brain) bool { return b.name == source && b.Urgency() })
}

func viewOrder(o entity.Order, now time.Time) orderView {
	return orderView{
		Source: o.Target.Source, Kind: o.Target.Kind, ID: o.Target.ID, Name: o.Target.Name,
		Verb: o.Verb, Until: o.Until, Ended: o.Ended(now), By: o.By, Tag: o.Tag,
	}
}

func withOthers(h entity.Holding, holders plan.Holders) heldWhy {
	w := heldWhy{holdingView: viewHolding(h)}
	for _, e := range h.Receipt.Elements {
		sharing := holders[plan.Share{Blocker: h.Blocker, Class: h.Class(), Element: e}]
		for _, ref := range slices.SortedFunc(maps.Keys(sharing), entity.Ref.Compare) {
			if ref != h.Target.Ref {
				w.Others = append(w.Others, otherView{Element: e, Holder: ref.String()})
			}
		}
	}
	return w
}

func ptrTo[T any](v T) *T { return &v }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
