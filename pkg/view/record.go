package view

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/reconcile"
)

// Recent is how many events of a target are shown.
const Recent = 20

// Record is what the journal knows of targets, read once for a question.
type Record struct {
	Held   []entity.Holding
	Orders []entity.Order

	journal *journal.Journal
	left    []entity.Leftover
	now     time.Time
}

// ReadRecord reads the journal. Reading fails as a whole: half a record would look like a target that nobody holds.
func ReadRecord(ctx context.Context, j *journal.Journal, now time.Time) (r Record, err error) {
	r = Record{journal: j, now: now}
	if r.Held, err = j.Holdings(ctx); err != nil {
		return r, err
	}
	if r.Orders, err = j.Orders(ctx); err != nil {
		return r, err
	}
	r.left, err = j.Intents(ctx)
	return r, err
}

// Explain is everything that the journal knows about one target.
func (r Record) Explain(ctx context.Context, t entity.Target) (Target, error) {
	w := Target{Source: t.Source, Kind: t.Kind, ID: t.ID, Name: t.Name, Target: t.WithRaw(nil)}
	for _, o := range r.Orders {
		if o.Target.Ref == t.Ref {
			w.Order = new(OrderOf(o, r.now))
		}
	}
	if err := r.holdings(ctx, &w, t.Ref); err != nil {
		return w, err
	}
	for _, o := range r.left {
		if in := o.Intent; in.Target.Ref == t.Ref {
			w.Intents = append(w.Intents, Intent{Action: in.Action, Blocker: in.Blocker, Elements: in.Elements, At: in.At, Settled: o.Settled})
		}
	}
	return w, r.told(ctx, &w, t.Ref)
}

// holdings adds what is held for a target.
func (r Record) holdings(ctx context.Context, w *Target, ref entity.Ref) error {
	for i := range r.Held {
		h := &r.Held[i]
		if h.Target.Ref != ref {
			continue
		}
		one := Held{Holding: HoldingOf(*h), Others: r.others(h)}
		if err := one.compared(ctx, r.journal, *h); err != nil {
			return err
		}
		w.Holdings = append(w.Holdings, one)
		if h.Asserted.After(w.Recorded) {
			w.Recorded = h.Asserted
		}
	}
	return nil
}

// others are whoever else holds what a holding holds.
func (r Record) others(h *entity.Holding) []Other {
	sharing := map[string][]entity.Ref{}
	for i := range r.Held {
		o := &r.Held[i]
		if o.Blocker != h.Blocker || o.Class() != h.Class() || o.Target.Ref == h.Target.Ref {
			continue
		}
		for _, e := range o.Receipt.Elements {
			if slices.Contains(h.Receipt.Elements, e) {
				sharing[e] = append(sharing[e], o.Target.Ref)
			}
		}
	}
	var all []Other
	for _, e := range h.Receipt.Elements {
		for _, ref := range slices.SortedFunc(slices.Values(sharing[e]), entity.Ref.Compare) {
			all = append(all, Other{Element: e, Holder: ref.String()})
		}
	}
	return all
}

// told adds what the journal tells of a target besides holdings.
func (r Record) told(ctx context.Context, w *Target, ref entity.Ref) error {
	notes, err := r.journal.Notes(ctx, ref.Source)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Ref == ref {
			w.Notes = append(w.Notes, n.Text)
		}
	}
	events, err := r.journal.History(ctx, journal.Filter{Ref: &ref, Limit: Recent})
	w.History = EventsOf(events)
	return err
}

// compared adds what the last comparison says, where that was after the devices confirmed the block.
func (w *Held) compared(ctx context.Context, memory reconcile.Memory, h entity.Holding) error {
	w.Confirmed = h.Asserted
	all, err := reconcile.RecallEnforcement(ctx, memory, []entity.Holding{h})
	for _, e := range all {
		if e.Blocker != h.Blocker || e.Held == 0 || !e.At.After(h.Asserted) {
			continue
		}
		if e.Enforced < e.Held || e.Problem != "" {
			w.Compared = append(w.Compared, Device(e))
		}
		w.Confirmed = e.At
	}
	if len(w.Compared) > 0 {
		w.Confirmed = h.Asserted
	}
	return err
}

// Meant are the recorded targets that a text means, in order: by name, address, id, "source/kind/id" or element.
func (r Record) Meant(text string) []entity.Target {
	m, meant := NewMeaning(text), map[entity.Ref]entity.Target{}
	for i := range r.Orders {
		if t := r.Orders[i].Target; m.Target(t) {
			meant[t.Ref] = t
		}
	}
	for i := range r.Held {
		if h := &r.Held[i]; m.Target(h.Target) || m.Any(h.Receipt.Elements) {
			meant[h.Target.Ref] = h.Target
		}
	}
	for i := range slices.Backward(r.Held) { // what is held is told as it was when blocked, by the first of its blockers
		if _, is := meant[r.Held[i].Target.Ref]; is {
			meant[r.Held[i].Target.Ref] = r.Held[i].Target
		}
	}
	return slices.SortedFunc(maps.Values(meant), func(a, b entity.Target) int { return a.Ref.Compare(b.Ref) })
}
