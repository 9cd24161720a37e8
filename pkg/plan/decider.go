package plan

import (
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

type heldKey struct {
	ref     entity.Ref
	blocker string
}

// decider answers for one target and blocker at a time from indexed inputs.
type decider struct {
	obs      Observation
	pol      Policy
	now      time.Time
	seen     map[entity.Ref]*Seen
	gone     map[entity.Ref]bool
	held     map[heldKey]*entity.Holding
	holders  map[entity.Ref][]string
	blockers map[string]entity.Blocker
	names    []string
	orders   map[entity.Ref]*entity.Order
	lists    map[string][]*listed
}

func newDecider(obs Observation, held []entity.Holding, pol Policy, now time.Time) *decider {
	d := &decider{
		obs: obs, pol: pol, now: now,
		seen:     make(map[entity.Ref]*Seen, len(obs.Seen)),
		gone:     make(map[entity.Ref]bool, len(obs.Gone)),
		held:     make(map[heldKey]*entity.Holding, len(held)),
		holders:  map[entity.Ref][]string{},
		blockers: make(map[string]entity.Blocker, len(pol.Blockers)),
		orders:   make(map[entity.Ref]*entity.Order, len(obs.Orders)),
		lists:    map[string][]*listed{},
	}
	for i := range obs.Seen {
		d.seen[obs.Seen[i].Target.Ref] = &obs.Seen[i]
	}
	for _, ref := range obs.Gone {
		d.gone[ref] = true
	}
	for i := range held {
		d.hold(&held[i])
	}
	for i := range obs.Orders {
		d.heed(&obs.Orders[i])
	}
	for _, b := range pol.Blockers {
		d.blockers[b.Name] = b
		d.names = append(d.names, b.Name)
		d.lists[b.Name] = index(obs.Devices[b.Name], b.Devices)
	}
	slices.Sort(d.names)
	return d
}

func (d *decider) hold(h *entity.Holding) {
	ref := h.Target.Ref
	if ref.Source != d.obs.Source {
		return
	}
	d.held[heldKey{ref, h.Blocker}] = h
	d.holders[ref] = append(d.holders[ref], h.Blocker)
}

// refs are all targets that are seen or held, in order.
func (d *decider) refs() []entity.Ref {
	refs := make([]entity.Ref, 0, len(d.seen)+len(d.holders))
	for ref := range d.seen {
		refs = append(refs, ref)
	}
	for ref := range d.holders {
		if d.seen[ref] == nil {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, entity.Ref.Compare)
	return refs
}

// blockersOf are the configured blockers, and those that hold the target without being configured.
func (d *decider) blockersOf(ref entity.Ref) []string {
	names := d.names
	for _, name := range d.holders[ref] {
		if _, ok := d.blockers[name]; !ok {
			names = entity.Union(names, []string{name})
		}
	}
	return names
}

// unread says why nothing may be concluded about a kind; nil when it was read completely.
func (d *decider) unread(k entity.Kind) *Reason {
	if why, frozen := d.obs.Frozen[k]; frozen {
		return &Reason{RuleFrozen, why}
	}
	if !slices.Contains(d.obs.Read, k) {
		return &Reason{Rule: RuleUnread}
	}
	return nil
}
