package dispatch

import (
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// TakeOff is the item that takes off a blocker's devices an element that nobody holds. Of its target only the
// kind is known.
func TakeOff(blocker string, class entity.Class, element, why string) plan.Item {
	h := &entity.Holding{
		Target: entity.Target{Ref: entity.Ref{Kind: kindOf(class)}}, Blocker: blocker,
		Receipt: entity.Receipt{Elements: []string{element}}, State: entity.Releasing,
	}
	return plan.Item{
		Action: entity.ActionRelease, Target: &h.Target, Blocker: blocker, Held: h, Leaves: h.Receipt.Elements,
		Reasons: []plan.Reason{{Rule: RuleOrphan, Detail: "(" + why + ")"}},
	}
}

// RuleOrphan is the reason to take off what nobody holds.
const RuleOrphan plan.Rule = "orphan"

// IsOrphan reports that a target stands for an element that nobody holds.
func IsOrphan(t entity.Target) bool { return t.Source == "" && t.ID == "" }

// kindOf is a kind whose elements are of a class.
func kindOf(class entity.Class) entity.Kind {
	for _, k := range entity.Kinds() {
		if k.Class() == class {
			return k
		}
	}
	return entity.KindStatic
}
