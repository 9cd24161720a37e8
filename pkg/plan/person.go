package plan

import (
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// heed takes persons' orders into account. An order to block counts for a target too that the source has lost: as the
// person saw it.
func (d *decider) heed(orders []entity.Order) {
	var lost []*Seen
	for i := range orders {
		o := &orders[i]
		d.orders[o.Target.Ref] = o
		if d.isGone(o.Target.Ref) && !d.isSeen(o.Target.Ref) && d.stands(o, entity.VerbBlock) {
			lost = append(lost, &Seen{Target: o.Target})
		}
	}
	d.seen = append(d.seen, lost...)
	slices.SortFunc(d.seen, bySeen)
}

func (d *decider) isGone(ref entity.Ref) bool {
	_, gone := slices.BinarySearchFunc(d.gone, ref, entity.Ref.Compare)
	return gone
}

func (d *decider) isSeen(ref entity.Ref) bool {
	_, seen := slices.BinarySearchFunc(d.seen, ref, func(s *Seen, ref entity.Ref) int { return s.Target.Ref.Compare(ref) })
	return seen
}

// stands reports that a person ordered this, and that it still counts.
func (d *decider) stands(o *entity.Order, verb entity.Verb) bool {
	return o != nil && o.Verb == verb && !o.Ended(d.now)
}

// spared is the person who released the target; nil when nobody did.
func (d *decider) spared(s *subject) *Reason {
	if d.stands(s.order, entity.VerbSpare) {
		return &Reason{RuleSpared, "by " + told(s.order)}
	}
	return nil
}

// orderEnded reports that a person's block is over. What is held for persons alone is held by nothing else.
func (d *decider) orderEnded(s *subject) bool {
	o := s.order
	return o != nil && o.Verb == entity.VerbBlock && o.Ended(d.now) || s.ref.Source == entity.SourceHand
}

// matches are the reasons to block a target: a person's order, and the rules.
func (d *decider) matches(s *subject) []Reason {
	switch {
	case s.seen == nil:
		return nil
	case d.stands(s.order, entity.VerbBlock):
		return append([]Reason{{RulePerson, told(s.order)}}, s.seen.Matches...)
	}
	return s.seen.Matches
}

// unseen reports that nobody saw the target for too long where it would be blocked. A person's word outweighs that.
func (d *decider) unseen(s *subject) bool {
	return s.seen.Unseen != "" && !d.stands(s.order, entity.VerbBlock)
}

// told is "alice until 2026-11-21T20:18:30Z: phishing".
func told(o *entity.Order) string {
	text := o.By.Who
	if !o.Until.IsZero() {
		text += " until " + o.Until.UTC().Format(time.RFC3339)
	}
	if o.By.Reason != "" {
		text += ": " + o.By.Reason
	}
	return text
}
