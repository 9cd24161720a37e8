package plan

import (
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// again decides about what is wanted and held.
func (d *decider) again(s *Seen, h *entity.Holding, b entity.Blocker) Item {
	act, why := d.repeat(s, h, b)
	return d.item(act, &s.Target, b, h, append(why, d.matches(s)...)...)
}

func (d *decider) repeat(s *Seen, h *entity.Holding, b entity.Blocker) (entity.Action, []Reason) {
	now := s.Elements[b.Name]
	switch {
	case h.State == entity.Refused && (sameAsRefused(s.Target, h, b) || d.unseen(s)):
		return entity.ActionKeep, []Reason{{RuleUnsupported, h.Problem}}
	case h.State == entity.Refused:
		return entity.ActionBlock, nil
	case b.NoRepeat && h.State != entity.Releasing:
		return entity.ActionKeep, nil
	case d.grooms(b, now) && len(Without(h.Receipt.Elements, now)) > 0:
		return entity.ActionGroom, []Reason{moved(h.Receipt.Elements, now)}
	case h.State != entity.Complete:
		return entity.ActionBlock, unfinished(h)
	case len(added(h, b)) > 0:
		return entity.ActionBlock, []Reason{{RulePartial, strings.Join(added(h, b), ", ")}}
	case d.grooms(b, now) && len(Without(now, h.Receipt.Elements)) > 0:
		return entity.ActionGroom, []Reason{moved(h.Receipt.Elements, now)}
	}
	return d.upkeep(h, b)
}

// sameAsRefused reports that nothing changed since the plugin refused a target: neither it nor where it would go.
func sameAsRefused(t entity.Target, h *entity.Holding, b entity.Blocker) bool {
	return sameAddresses(t, h.Target) && h.Elsewhere(b.Place) == ""
}

// grooms reports that what is held is to follow the elements of now.
func (d *decider) grooms(b entity.Blocker, now []string) bool {
	return d.pol.Groom && !b.NoUndo && !b.NoRepeat && len(now) > 0
}

// unfinished says why what is held is blocked once more. A first block that nobody saw the end of
// is made as if it had never begun.
func unfinished(h *entity.Holding) []Reason {
	switch {
	case h.State == entity.Releasing:
		return []Reason{{Rule: RuleInterrupted}}
	case h.Asserted.IsZero():
		return nil
	case h.State == entity.Pending:
		return []Reason{{RulePending, strings.Join(h.Missing, ", ")}}
	}
	return []Reason{{RulePartial, strings.Join(h.Missing, ", ")}}
}

// moved names what is left behind and what is there now, however far an earlier move got.
func moved(held, now []string) Reason {
	from, to := strings.Join(Without(held, now), " "), strings.Join(now, " ")
	if from == "" {
		return Reason{RuleMoved, "now " + to}
	}
	return Reason{RuleMoved, from + " to " + to}
}
