package plan_test

import (
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

var (
	host7   = entity.Ref{Source: brain, Kind: entity.KindHost, ID: "7"}
	tagged  = []plan.Reason{{Rule: plan.RuleTag, Detail: "vectra_host_block"}}
	edge    = entity.Blocker{Name: "edge", Plugin: "fortigate", Aliases: []string{"fortinet"}, Label: "Fortinet Client", Kinds: everyKind}
	onlyPan = entity.Blocker{Name: "dc", Plugin: "paloalto", Aliases: []string{"pan"}, Label: "PAN Client", Kinds: everyKind}
)

// scene is one host on one blocker, as a table row sets it.
type scene struct {
	seen     *plan.Seen
	gone     bool
	unread   bool
	frozen   string
	held     *entity.Holding
	explicit bool
	groom    bool
	blocker  entity.Blocker
	disabled bool
	order    *entity.Order
	protect  guard
	lists    []entity.Inventory
	stops    plan.Stops
	closed   plan.Closed
}

// say is what is done: the action, the first reason, and whether it is held back; empty: nothing to say.
func (s scene) say() string {
	said := ""
	for _, it := range s.compute().Items {
		said += string(it.Action) + ": " + it.Reasons[0].String()
		if it.Gated != "" {
			said += " [" + it.Gated + "]"
		}
	}
	return said
}

func (s scene) compute() plan.Plan {
	obs := plan.Observation{Source: brain, Read: []entity.Kind{entity.KindHost}, Frozen: map[entity.Kind]string{}}
	pol := plan.Policy{ExplicitUnblock: s.explicit, Groom: s.groom, BlockTags: map[entity.Kind]string{entity.KindHost: "vectra_host_block"}}
	var held []entity.Holding
	if s.seen != nil {
		obs.Seen = []plan.Seen{*s.seen}
	}
	if s.gone {
		obs.Gone = []entity.Ref{host7}
	}
	if s.unread {
		obs.Read = nil
	}
	if s.frozen != "" {
		obs.Frozen[entity.KindHost] = s.frozen
	}
	if s.held != nil {
		held = []entity.Holding{*s.held}
	}
	if s.blocker.Name != "" {
		pol.Blockers = []entity.Blocker{s.blocker}
	}
	if s.order != nil {
		obs.Orders = []entity.Order{*s.order}
	}
	if s.protect != nil {
		pol.Protect = s.protect
	}
	obs.Devices, pol.Stops = map[string][]entity.Inventory{"edge": s.lists}, s.stops
	pol.Closed = s.closed
	if s.disabled {
		pol.Disabled = []string{"edge"}
	}
	return plan.Compute(obs, held, pol, epoch)
}

func host(tags ...string) entity.Target {
	return entity.Target{Ref: host7, Name: "pc-7", Tags: tags, Host: &entity.Host{IP: "10.0.0.7"}}
}

func wanted(tags ...string) *plan.Seen {
	return &plan.Seen{Target: host(tags...), Matches: tagged, Elements: map[string][]string{"edge": {"10.0.0.7"}}}
}

func holding(state entity.State, change ...func(*entity.Holding)) *entity.Holding {
	h := &entity.Holding{
		Target: host(), Blocker: "edge", Label: "Fortinet Client", State: state, Asserted: epoch.Add(-time.Hour),
		Receipt: entity.Receipt{Elements: []string{"10.0.0.7"}},
	}
	for _, c := range change {
		c(h)
	}
	return h
}

func until(left time.Duration) func(*entity.Holding) {
	return func(h *entity.Holding) { h.Receipt.Until = epoch.Add(left) }
}

func at(elements ...string) func(*entity.Holding) {
	return func(h *entity.Holding) { h.Receipt.Elements = elements }
}

func (s scene) on(b entity.Blocker, change ...func(*entity.Blocker)) scene {
	for _, c := range change {
		c(&b)
	}
	s.blocker = b
	return s
}
