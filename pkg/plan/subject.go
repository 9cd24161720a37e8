package plan

import "github.com/var-project/var/pkg/entity"

// subject is what is known of one target.
type subject struct {
	ref entity.Ref
	// seen is what the source says of it; nil when it does not show it. gone: the source says that it does not know it.
	seen *Seen
	gone bool
	// held is what is held for it, in the order of the blockers.
	held  []*entity.Holding
	order *entity.Order
	// matches are the reasons to block it, unread says why nothing may be concluded, spared who released it; nil: nobody.
	matches        []Reason
	unread, spared *Reason
}

// target is the target as it is seen, else as it was when blocked.
func (s *subject) target(h *entity.Holding) *entity.Target {
	if s.seen != nil {
		return &s.seen.Target
	}
	return &h.Target
}

// subjects are all targets that are seen or held, in order. Each is good until the next.
func (d *decider) subjects(yield func(*subject) bool) {
	w, s := walk{d.seen, d.held, d.gone}, &subject{}
	for w.next(s) {
		s.order, s.unread = d.orders[s.ref], d.unread(s.ref.Kind)
		s.spared, s.matches = d.spared(s), d.matches(s)
		if !yield(s) {
			return
		}
	}
}

// walk goes through what is seen, held and gone side by side.
type walk struct {
	seen []*Seen
	held []*entity.Holding
	gone []entity.Ref
}

func (w *walk) next(s *subject) bool {
	if len(w.seen)+len(w.held) == 0 {
		return false
	}
	*s = subject{ref: w.first()}
	for len(w.seen) > 0 && w.seen[0].Target.Ref == s.ref {
		s.seen, w.seen = w.seen[0], w.seen[1:]
	}
	n := 0
	for n < len(w.held) && w.held[n].Target.Ref == s.ref {
		n++
	}
	s.held, w.held = w.held[:n], w.held[n:]
	for len(w.gone) > 0 && w.gone[0].Compare(s.ref) < 0 {
		w.gone = w.gone[1:]
	}
	s.gone = len(w.gone) > 0 && w.gone[0] == s.ref
	return true
}

func (w *walk) first() entity.Ref {
	switch {
	case len(w.seen) == 0:
		return w.held[0].Target.Ref
	case len(w.held) == 0 || w.seen[0].Target.Ref.Compare(w.held[0].Target.Ref) < 0:
		return w.seen[0].Target.Ref
	}
	return w.held[0].Target.Ref
}

// on hands on a target with each of its blockers, and what that holds: the configured ones, and those that hold the target
// without being configured.
func (d *decider) on(s *subject, do func(*blocker, *entity.Holding)) {
	held := s.held
	for _, b := range d.blockers {
		for len(held) > 0 && held[0].Blocker < b.Name {
			do(d.stranger(held[0].Blocker), held[0])
			held = held[1:]
		}
		var h *entity.Holding
		for len(held) > 0 && held[0].Blocker == b.Name {
			h, held = held[0], held[1:]
		}
		do(b, h)
	}
	for _, h := range held {
		do(d.stranger(h.Blocker), h)
	}
}

// most is about how many items there are at most: so much room is made at once. What is complete is mostly kept.
func (d *decider) most() (n int) {
	for s := range d.subjects {
		d.on(s, func(b *blocker, h *entity.Holding) {
			if h != nil && (!d.pol.Brief || h.State != entity.Complete) || h == nil && len(s.matches) > 0 && s.unread == nil && b.Can(s.ref.Kind) {
				n++
			}
		})
	}
	return n
}
