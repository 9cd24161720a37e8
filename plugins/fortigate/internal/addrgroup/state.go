package addrgroup

import (
	"context"
	"slices"
	"strings"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// state is what the groups of a list hold.
type state struct {
	base group
	// missing says that the base group is not on the device.
	missing bool
	// shards are the groups that bear a mark of var, anybody's, in the order of their names.
	shards []group
	// nested are the shards that the base group has.
	nested map[string]bool
	// places are the groups, shards first, that have a member. Only the members that were asked for are in it.
	places map[string][]*group
}

// groupFields are what is asked of a group.
const groupFields = "name|member|comment"

// groups reads the base groups of lists of one family, and the shards of all, mostly in one request.
func groups(ctx context.Context, b *fortios.Batch, lists ...list) ([]state, error) {
	bases := make([]string, len(lists))
	for i, l := range lists {
		bases[i] = l.base
	}
	q := narrowed(b, groupFields, []string{infix}, bases)
	if strings.ContainsAny(strings.Join(bases, ""), ",=!<>@") { // signs of filters
		q = narrowed(b, groupFields, nil, nil)
	}
	var rows []group
	err := pages(ctx, b, lists[0].groupPath(), q, func() { rows = nil }, func(page []group) { rows = append(rows, page...) })
	if err == nil && !hasAll(rows, bases) {
		rows, err = lists[0].unfiltered(ctx, b, rows, bases)
	}
	if err != nil {
		return nil, err
	}
	states := make([]state, len(lists))
	shards := markedGroups(rows)
	for i, l := range lists {
		states[i] = l.state(rows, shards)
	}
	return states, nil
}

func find(rows []group, name string) (group, bool) {
	i := slices.IndexFunc(rows, func(g group) bool { return g.Name == name })
	if i < 0 {
		return group{}, false
	}
	return rows[i], true
}

func hasAll(rows []group, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, ok := find(rows, name)
		return !ok
	})
}

// unfiltered reads the whole table when a group is there that the filter did not show: the device does not
// understand the filter, or the name cannot be told in one.
func (l list) unfiltered(ctx context.Context, b *fortios.Batch, rows []group, names []string) ([]group, error) {
	for _, name := range names {
		if _, ok := find(rows, name); ok {
			continue
		}
		_, err := fortios.One[group](ctx, b, l.groupPath(name))
		switch {
		case err == nil:
			return fortios.Rows[group](ctx, b, l.groupPath(), narrowed(b, groupFields, nil, nil))
		case !fortios.IsMissing(err):
			return nil, err
		}
	}
	return rows, nil
}

func (l list) state(rows, shards []group) state {
	base, there := find(rows, l.base)
	st := state{base: base, missing: !there, shards: shards, nested: map[string]bool{}}
	members := make(map[string]bool, len(base.Member))
	for _, m := range base.Member {
		members[m.Name] = true
	}
	for _, g := range shards {
		if members[g.Name] {
			st.nested[g.Name] = true
		}
	}
	return st
}

func markedGroups(rows []group) []group {
	var marked []group
	for _, g := range rows {
		if _, ok := ParseMark(g.Comment); ok {
			marked = append(marked, g)
		}
	}
	slices.SortFunc(marked, func(a, b group) int { return strings.Compare(a.Name, b.Name) })
	return marked
}

// locate finds out which groups have these members; every group is looked through once, however many they are.
func (st *state) locate(names []string) {
	st.places = make(map[string][]*group, len(names))
	for _, name := range names {
		st.places[name] = nil
	}
	for i := range st.shards {
		st.note(&st.shards[i])
	}
	st.note(&st.base)
}

func (st *state) note(g *group) {
	for _, m := range g.Member {
		if at, asked := st.places[m.Name]; asked {
			st.places[m.Name] = append(at, g)
		}
	}
}

// enforced reports that a member that was located acts: the base group has it, or a shard that the base group has.
func (st state) enforced(name string) bool {
	return slices.ContainsFunc(st.places[name], func(g *group) bool { return g.Name == st.base.Name || st.nested[g.Name] })
}

// renamed reports a member of our shards whose name is not as we give it: an object of somebody else, or
// one of ours that somebody renamed.
func (l list) renamed(st state) bool {
	prefix := l.mark.prefix()
	for _, g := range st.shards {
		if g.markedBy(l.mark) && slices.ContainsFunc(g.Member, func(m member) bool {
			return m.Name != placeholder && !strings.HasPrefix(m.Name, prefix)
		}) {
			return true
		}
	}
	return false
}
