package addrgroup

import (
	"context"
	"slices"
	"strings"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// part is what goes of one of our shards in a batch.
type part struct {
	group
	// acts says that the base group has it.
	acts bool
	// going is how many members go; more says that others stay.
	going int
	more  bool
	// stranded says that somebody else's stay, and do not act since the base group lost the shard.
	stranded bool
	// ready is closed when gone and err say what became of the shard: neither, and its members go one by one.
	ready chan struct{}
	gone  bool
	err   error
}

// single is the most members that are taken out one by one although nothing stays: with so few that is no more
// writes, and the shard is there for the next.
const single = 2

// whole reports a shard that goes as one.
func (p *part) whole() bool { return !p.more && p.going > single }

// waits reports a shard that has to be seen to before its members leave.
func (p *part) waits() bool { return p.going > 0 && (p.whole() || p.stranded) }

// divide finds out what goes of each of our shards, and answers with those that have to be seen to first. Shards of
// another base group are none of these: that group may still have them.
func (t *taking) divide(names [][]string) (first []*part) {
	going := map[string]bool{}
	for _, some := range names {
		for _, name := range some {
			going[name] = true
		}
	}
	t.parts = map[string]*part{}
	prefix := t.mark.shardPrefix(t.base)
	for _, g := range t.st.shards {
		if _, ok := g.number(prefix); !ok || !g.markedBy(t.mark) {
			continue
		}
		p := &part{group: g, acts: t.st.nested[g.Name], ready: make(chan struct{})}
		p.count(going, t.mark.prefix())
		p.stranded = p.stranded && !p.acts && !t.st.missing
		if t.parts[g.Name] = p; p.waits() {
			first = append(first, p)
		}
	}
	return first
}

func (p *part) count(going map[string]bool, ours string) {
	for _, m := range p.Member {
		switch {
		case m.Name == placeholder:
		case going[m.Name]:
			p.going++
		default:
			p.more = true
			p.stranded = p.stranded || !strings.HasPrefix(m.Name, ours)
		}
	}
}

// order has the elements that wait for a shard come last, and shard by shard as those are worked on.
func (t *taking) order(names [][]string) []int {
	last := make([]string, len(names))
	order := make([]int, len(names))
	for i, some := range names {
		order[i] = i
		for _, g := range t.placesOf(some) {
			if p := t.parts[g.Name]; p != nil && p.waits() {
				last[i] = max(last[i], g.Name)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(last[a], last[b]) })
	return order
}

func (t *taking) placesOf(names []string) (places []*group) {
	for _, name := range names {
		places = append(places, t.st.places[name]...)
	}
	return places
}

// see has a shard ready for its members to leave: gone, or in place.
func (t *taking) see(ctx context.Context, p *part) {
	defer close(p.ready)
	if p.whole() {
		t.dissolve(ctx, p)
	} else {
		t.mend(ctx, p)
	}
}

// dissolve takes a shard out of the base group and deletes it, unless it turns out that it is needed. Where the
// device does not let go of it, its members go one by one.
func (t *taking) dissolve(ctx context.Context, p *part) {
	if p.acts {
		if p.err = t.unnest(ctx, p.Name); refused(p.err) {
			p.err = nil
			return
		}
		if p.err != nil {
			return
		}
	}
	p.gone, p.err = t.deleteShard(ctx, p)
}

func (t *taking) unnest(ctx context.Context, shard string) error {
	if err := t.anchor(); err != nil {
		return err
	}
	return t.removeMember(ctx, t.batch, t.base, shard)
}

// keepMember puts the placeholder into the base group when it has nothing but shards that go: an empty group is not
// what its administrator made.
func (t *taking) keepMember(ctx context.Context) error {
	if slices.ContainsFunc(t.st.base.Member, func(m member) bool { return t.parts[m.Name] == nil || !t.parts[m.Name].whole() }) {
		return nil
	}
	return t.addMember(ctx, t.batch, t.base, placeholder)
}

// deleteShard deletes a shard that the base group does not have, after a last look: what somebody put into it since
// the first would go unseen. When it must stay it is put back.
func (t *taking) deleteShard(ctx context.Context, p *part) (gone bool, err error) {
	now, err := fortios.One[group](ctx, t.batch, t.groupPath(p.Name))
	switch {
	case fortios.IsMissing(err):
		return true, nil
	case err != nil:
		return false, err
	case !now.markedBy(t.mark) || !now.hasOnly(p.group):
		return false, t.addMember(ctx, t.batch, t.base, p.Name)
	}
	err = t.batch.Delete(ctx, t.groupPath(p.Name))
	switch {
	case err == nil || fortios.IsMissing(err):
		return true, nil
	case refused(err) && p.acts: // another group or a policy has it
		return false, t.addMember(ctx, t.batch, t.base, p.Name)
	case refused(err):
		return false, nil
	}
	return false, err
}

// mend nests a shard again that is out of the base group with members of somebody else: a release that broke off left
// it so. Ours leave it one by one then.
func (t *taking) mend(ctx context.Context, p *part) {
	if p.err = t.addMember(ctx, t.batch, t.base, p.Name); refused(p.err) {
		p.err = nil
	}
}
