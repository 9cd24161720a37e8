package plan

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// heed takes a person's order into account. An order to block counts for a target too that the source has lost: as
// the person saw it.
func (d *decider) heed(o *entity.Order) {
	ref := o.Target.Ref
	d.orders[ref] = o
	if d.gone[ref] && d.seen[ref] == nil && d.order(ref, entity.VerbBlock) != nil {
		d.seen[ref] = &Seen{Target: o.Target}
	}
}

// order is what a person ordered of a target, and still counts; nil when nobody did.
func (d *decider) order(ref entity.Ref, verb entity.Verb) *entity.Order {
	if o := d.orders[ref]; o != nil && o.Verb == verb && !o.Ended(d.now) {
		return o
	}
	return nil
}

// spared is the person who released the target; nil when nobody did.
func (d *decider) spared(ref entity.Ref) *Reason {
	if o := d.order(ref, entity.VerbSpare); o != nil {
		return &Reason{RuleSpared, "by " + ordered(o)}
	}
	return nil
}

// orderEnded reports that a person's block is over. What is held for persons alone is held by nothing else.
func (d *decider) orderEnded(ref entity.Ref) bool {
	o := d.orders[ref]
	return o != nil && o.Verb == entity.VerbBlock && o.Ended(d.now) || ref.Source == entity.SourceHand
}

// matches are the reasons to block a target: a person's order, and the rules.
func (d *decider) matches(s *Seen) []Reason {
	if o := d.order(s.Target.Ref, entity.VerbBlock); o != nil {
		return append([]Reason{{RulePerson, ordered(o)}}, s.Matches...)
	}
	return s.Matches
}

// unseen reports that nobody saw the target for too long where it would be blocked. A person's word outweighs that.
func (d *decider) unseen(s *Seen) bool {
	return s.Unseen != "" && d.order(s.Target.Ref, entity.VerbBlock) == nil
}

// ordered is "alice until 2026-11-21T20:18:30Z: phishing".
func ordered(o *entity.Order) string {
	text := o.By.Who
	if !o.Until.IsZero() {
		text += " until " + o.Until.UTC().Format(time.RFC3339)
	}
	if o.By.Reason != "" {
		text += ": " + o.By.Reason
	}
	return text
}
