package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// decider answers for one target and blocker at a time. What it was given it sorts and points to, and copies nothing of
// it: there may be very much.
type decider struct {
	obs Observation
	pol Policy
	now time.Time
	// seen, held and gone are in the order of their refs, held within it in that of its blockers.
	seen   []*Seen
	held   []*entity.Holding
	gone   []entity.Ref
	orders map[entity.Ref]*entity.Order
	// blockers are the configured ones by name, strangers those that merely hold something.
	blockers  []*blocker
	strangers map[string]*blocker
	blind     map[entity.Kind]*Reason
	said      map[Reason][]Reason
}

func newDecider(obs Observation, held []entity.Holding, pol Policy, now time.Time) *decider {
	d := &decider{
		obs: obs, pol: pol, now: now,
		seen: pointers(obs.Seen), held: ours(held, obs.Source), gone: ordered(obs.Gone),
		orders: make(map[entity.Ref]*entity.Order, len(obs.Orders)), strangers: map[string]*blocker{},
		blind: map[entity.Kind]*Reason{}, said: map[Reason][]Reason{},
	}
	slices.SortFunc(d.held, byTarget)
	slices.SortFunc(d.seen, bySeen)
	d.heed(obs.Orders)
	for _, b := range pol.Blockers {
		d.blockers = append(d.blockers, d.configured(b))
	}
	slices.SortFunc(d.blockers, func(a, b *blocker) int { return strings.Compare(a.Name, b.Name) })
	return d
}

// ours are the holdings of one source.
func ours(held []entity.Holding, source string) []*entity.Holding {
	n := 0
	for i := range held {
		if held[i].Target.Source == source {
			n++
		}
	}
	all := make([]*entity.Holding, 0, n)
	for i := range held {
		if h := &held[i]; h.Target.Source == source {
			all = append(all, h)
		}
	}
	return all
}

func pointers(seen []Seen) []*Seen {
	all := make([]*Seen, len(seen))
	for i := range seen {
		all[i] = &seen[i]
	}
	return all
}

// ordered are refs in their order: the same slice where they already are.
func ordered(refs []entity.Ref) []entity.Ref {
	if slices.IsSortedFunc(refs, entity.Ref.Compare) {
		return refs
	}
	return slices.SortedFunc(slices.Values(refs), entity.Ref.Compare)
}

func bySeen(a, b *Seen) int { return a.Target.Ref.Compare(b.Target.Ref) }

func byTarget(a, b *entity.Holding) int {
	if by := a.Target.Ref.Compare(b.Target.Ref); by != 0 {
		return by
	}
	return strings.Compare(a.Blocker, b.Blocker)
}

// unread says why nothing may be concluded about a kind; nil when it was read completely.
func (d *decider) unread(k entity.Kind) *Reason {
	why, known := d.blind[k]
	if !known {
		why = d.unreadable(k)
		d.blind[k] = why
	}
	return why
}

func (d *decider) unreadable(k entity.Kind) *Reason {
	if why, frozen := d.obs.Frozen[k]; frozen {
		return &Reason{RuleFrozen, why}
	}
	if !slices.Contains(d.obs.Read, k) {
		return &Reason{Rule: RuleUnread}
	}
	return nil
}

// manySaid bounds how many reasons are kept to be said again.
const manySaid = 1000

// because is a single reason, shared by all items that have it.
func (d *decider) because(why Reason) []Reason {
	if said := d.said[why]; said != nil {
		return said
	}
	alone := []Reason{why}
	if len(d.said) < manySaid {
		d.said[why] = alone
	}
	return alone
}
