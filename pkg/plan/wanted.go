package plan

import (
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// again decides about what is wanted and held.
func (d *decider) again(s *subject, b *blocker, h *entity.Holding) Item {
	act, why := d.repeat(s, b, h)
	if len(why) == 0 {
		return d.item(act, s, b, h, s.matches)
	}
	return d.item(act, s, b, h, append(why, s.matches...))
}

func (d *decider) repeat(s *subject, b *blocker, h *entity.Holding) (entity.Action, []Reason) {
	now := s.seen.Elements[b.Name]
	switch {
	case h.State == entity.Refused && (sameAsRefused(s.seen.Target, h, b) || d.unseen(s)):
		return entity.ActionKeep, also(RuleUnsupported, h.Problem)
	case h.State == entity.Refused:
		return entity.ActionBlock, nil
	case b.NoRepeat && h.State != entity.Releasing:
		return entity.ActionKeep, nil
	case d.grooms(b, now) && !within(h.Receipt.Elements, now):
		return entity.ActionGroom, also(RuleMoved, moved(h.Receipt.Elements, now))
	case h.State != entity.Complete:
		return entity.ActionBlock, unfinished(h)
	case len(added(h, b)) > 0:
		return entity.ActionBlock, also(RulePartial, strings.Join(added(h, b), ", "))
	case d.grooms(b, now) && !within(now, h.Receipt.Elements):
		return entity.ActionGroom, also(RuleMoved, moved(h.Receipt.Elements, now))
	}
	return d.upkeep(b, h)
}

// sameAsRefused reports that nothing changed since the plugin refused a target: neither it nor where it would go.
func sameAsRefused(t entity.Target, h *entity.Holding, b *blocker) bool {
	return sameAddresses(t, h.Target) && b.elsewhere(h) == nil
}

// grooms reports that what is held is to follow the elements of now.
func (d *decider) grooms(b *blocker, now []string) bool {
	return d.pol.Groom && !b.NoUndo && !b.NoRepeat && len(now) > 0
}

// unfinished says why what is held is blocked once more. A first block that nobody saw the end of
// is made as if it had never begun.
func unfinished(h *entity.Holding) []Reason {
	switch {
	case h.State == entity.Releasing:
		return also(RuleInterrupted, "")
	case h.Asserted.IsZero():
		return nil
	case h.State == entity.Pending:
		return also(RulePending, strings.Join(h.Missing, ", "))
	}
	return also(RulePartial, strings.Join(h.Missing, ", "))
}

// also is a reason besides why something is held, with room for that one.
func also(rule Rule, detail string) []Reason {
	return append(make([]Reason, 0, 2), Reason{rule, detail})
}

// moved names what is left behind and what is there now, however far an earlier move got.
func moved(held, now []string) string {
	from, to := strings.Join(Without(held, now), " "), strings.Join(now, " ")
	if from == "" {
		return "now " + to
	}
	return from + " to " + to
}
