package addrgroup

import (
	"slices"
	"sync/atomic"
)

// shard is a group that elements of one batch go into, and what it needs first.
type shard struct {
	name string
	// create: it is not there. nest: the base group does not have it.
	create, nest bool
	room         int
	// due are the places in the batch of what goes into it; left counts those whose objects a new shard waits for.
	due  []int
	left atomic.Int64
	// refused says that the device did not take the new shard with all its members.
	refused bool
	// ready is closed when the shard can take members, or err says why not.
	ready chan struct{}
	err   error
}

func newShard(name string, room int) *shard {
	return &shard{name: name, create: true, nest: true, room: room, ready: make(chan struct{})}
}

// assignment says which shard each new member goes into.
type assignment struct {
	shards []*shard
	of     map[string]*shard
}

func (a *assignment) give(s *shard, place int, name string) {
	if len(s.due) == 0 {
		a.shards = append(a.shards, s)
	}
	s.due, a.of[name] = append(s.due, place), s
	s.left.Add(1)
}

// assign finds a shard below the limit for each name that is not enforced yet: the one that has it already but was
// taken out of the base group, else one with room for it. The limit counts the placeholder. st has located the names.
func (l list) assign(st state, names []string, limit int) assignment {
	a := assignment{of: map[string]*shard{}}
	r := l.rooms(st, names, limit)
	var waiting []int
	met := map[string]bool{}
	for i, name := range names {
		if st.enforced(name) || met[name] {
			continue
		}
		met[name] = true
		if s := r.home(st, name); s != nil {
			a.give(s, i, name)
		} else {
			waiting = append(waiting, i)
		}
	}
	for len(waiting) > 0 {
		s := r.next(len(waiting))
		n := min(s.room, len(waiting))
		for _, i := range waiting[:n] {
			a.give(s, i, names[i])
		}
		s.room -= n
		waiting = waiting[n:]
	}
	return a
}

// rooms are our shards of a base group, and where there is room for more.
type rooms struct {
	prefix string
	// whole is what a new shard takes.
	whole int
	ours  map[string]*shard
	free  []*shard
	taken map[int]bool
}

// rooms finds those with room among our shards: those that act, and those that can be made to without more than the
// names coming into force.
func (l list) rooms(st state, names []string, limit int) *rooms {
	r := &rooms{prefix: l.mark.shardPrefix(l.base), whole: max(limit-1, 1), ours: map[string]*shard{}, taken: map[int]bool{}}
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	for _, g := range st.shards {
		n, ok := g.number(r.prefix)
		if !ok || !g.markedBy(l.mark) {
			continue
		}
		s := &shard{name: g.Name, nest: !st.nested[g.Name], room: limit - len(g.Member), ready: make(chan struct{})}
		r.ours[g.Name], r.taken[n] = s, true
		if s.room > 0 && (!s.nest || g.holdsOnly(wanted)) {
			r.free = append(r.free, s)
		}
	}
	return r
}

// home is the shard that has a name already and does not act.
func (r *rooms) home(st state, name string) *shard {
	for _, g := range st.places[name] {
		if s := r.ours[g.Name]; s != nil {
			return s
		}
	}
	return nil
}

// next is where some of the names go that wait for a place. A new shard takes all its members with one write, so
// what fills one goes there, unless that would leave ever more room unused; the rest fills up what there is.
func (r *rooms) next(waiting int) *shard {
	r.free = slices.DeleteFunc(r.free, func(s *shard) bool { return s.room <= 0 })
	unused := 0
	for _, s := range r.free {
		unused += s.room
	}
	if len(r.free) > 0 && (waiting < r.whole || unused >= 2*r.whole) {
		return r.free[0]
	}
	n := 0
	for r.taken[n] {
		n++
	}
	r.taken[n] = true
	return newShard(shardName(r.prefix, n), r.whole)
}
