package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// appliedView is what became of one planned item.
type appliedView struct {
	Source  string        `json:"source"`
	Action  entity.Action `json:"action"`
	Kind    entity.Kind   `json:"kind"`
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Blocker string        `json:"blocker"`
	// Elements are what was to be put on, of a release what was to be taken off.
	Elements []string `json:"elements,omitempty"`
	// Result is that of a pass, "done already", "not tried", or "refused" with why.
	Result string `json:"result"`
	Why    string `json:"why,omitempty"`
}

// approval lets through what was planned and is still decided in the same way.
type approval struct {
	planned map[itemKey]plannedItem
	mu      sync.Mutex
	passed  map[itemKey]bool
}

func newApproval(f planFile) *approval {
	a := &approval{planned: map[itemKey]plannedItem{}, passed: map[itemKey]bool{}}
	for _, s := range f.Sources {
		for _, it := range s.Items {
			a.planned[itemKey{it.Target.Ref, it.Blocker}] = it
		}
	}
	return a
}

// allows is asked for each item that the world of now would have done.
func (a *approval) allows(it plan.Item) bool {
	p, ok := a.planned[keyOf(it)]
	if !ok || differs(p, it) != "" {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.passed[keyOf(it)] = true
	return true
}

// differs says in what the decision of now is another; empty when it is the same.
func differs(p plannedItem, it plan.Item) string {
	switch {
	case p.Action != it.Action:
		return fmt.Sprintf("planned was %s, now it is %s (%s)", p.Action, it.Action, reasonsText(it.Reasons))
	case !slices.Equal(p.Elements, it.Elements) && puts(p.Action):
		return fmt.Sprintf("planned was %s, now it is %s", orNothing(p.Elements), orNothing(it.Elements))
	case !slices.Equal(p.Held, it.Receipt().Elements):
		return fmt.Sprintf("held was %s, now it is %s", orNothing(p.Held), orNothing(it.Receipt().Elements))
	}
	return ""
}

func puts(act entity.Action) bool { return act != entity.ActionRelease }

func orNothing(elements []string) string {
	if len(elements) == 0 {
		return "nothing"
	}
	return strings.Join(elements, " ")
}

// Results of apply besides those of a pass.
const (
	already = "done already"
	refused = "refused"
)

// settled says what became of a planned item that was not let through. now is nil when the plan of now does not
// have it, frozen why its kind could not be read.
func settled(p plannedItem, now *plan.Item, frozen string) (result, why string) {
	switch {
	case inForce(p, now):
		return already, ""
	case now == nil && frozen != "":
		return refused, "its kind could not be read: " + frozen
	case now == nil:
		return refused, fmt.Sprintf("planned was %s, now nothing is to be done", p.Action)
	}
	return refused, cmp.Or(differs(p, *now), "held back: "+now.Gated)
}

// inForce reports that what was planned is how it is.
func inForce(p plannedItem, now *plan.Item) bool {
	if p.Action == entity.ActionRelease {
		return now == nil || now.Receipt().Empty() && !now.Changes()
	}
	return now != nil && now.Action == entity.ActionKeep && now.State() == entity.Complete &&
		len(plan.Without(p.Elements, now.Receipt().Elements)) == 0 && (p.Action != entity.ActionGroom || slices.Equal(p.Elements, now.Receipt().Elements))
}
