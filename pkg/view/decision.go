package view

import (
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Gate is a limit that was exceeded.
type Gate struct {
	// Kind is empty where the whole source is only planned.
	Kind      entity.Kind `json:"kind,omitempty"`
	Direction string      `json:"direction"`
	Count     int         `json:"count"`
	Limit     int         `json:"limit"`
	Held      int         `json:"held"`
	Why       string      `json:"why"`
}

// Item is what is decided about one target on one blocker.
type Item struct {
	Action   entity.Action `json:"action"`
	Kind     entity.Kind   `json:"kind"`
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Blocker  string        `json:"blocker"`
	Reasons  []plan.Reason `json:"reasons"`
	Elements []string      `json:"elements,omitempty"`
	Held     []string      `json:"held,omitempty"`
	Leaves   []string      `json:"leaves,omitempty"`
	// HeldBack is the gate, pause, panic or window for which nothing is done. Waits: it is only until the window opens.
	HeldBack string `json:"held_back,omitempty"`
	Waits    bool   `json:"waits,omitempty"`
	// Result is done, in part, pending, unsupported, absent, failed, or left for the next pass; empty when nothing was to be done.
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Rule is one configured rule, and how a target stands to it.
type Rule struct {
	Rule plan.Rule `json:"rule"`
	// Spares: it releases rather than blocks.
	Spares bool `json:"spares,omitempty"`
	// Wanted is what the configuration asks for, Found what the target has.
	Wanted  string `json:"wanted"`
	Found   string `json:"found"`
	Matches bool   `json:"matches"`
}

// ItemOf shows a decision.
func ItemOf(it plan.Item) Item {
	return Item{
		Action: it.Action, Kind: it.Target.Kind, ID: it.Target.ID, Name: it.Target.Name, Blocker: it.Blocker,
		Reasons: it.Reasons, Elements: it.Elements, Held: it.Receipt().Elements, Leaves: it.Leaves, HeldBack: it.Gated,
	}
}

// GatesOf shows limits that were exceeded.
func GatesOf(gates []plan.Gate) []Gate {
	var views []Gate
	for _, g := range gates {
		views = append(views, Gate{Kind: g.Kind, Direction: g.Direction, Count: g.Count, Limit: g.Limit, Held: g.Held, Why: g.Why})
	}
	return views
}
