package addrgroup

// shard is a group that elements of one batch go into, and what it needs first.
type shard struct {
	name string
	// create: it is not there. nest: the base group does not have it.
	create, nest bool
	room         int
	// ready is closed when the shard can take members, or err says why not.
	ready chan struct{}
	err   error
}

// assignment says which shard each new member goes into.
type assignment struct {
	shards []*shard
	of     map[string]*shard
}

// assign finds a shard below the limit for each name that is not enforced yet: the first with
// room, then new ones. The limit counts the placeholder. st has located the names.
func (l list) assign(st state, names []string, limit int) assignment {
	a := assignment{of: map[string]*shard{}}
	prefix := l.mark.shardPrefix(l.base)
	free, next := l.free(st, prefix, limit)
	for _, name := range names {
		if st.enforced(name) || a.of[name] != nil {
			continue
		}
		if len(free) == 0 {
			free = append(free, &shard{name: shardName(prefix, next), create: true, nest: true, room: limit - 1, ready: make(chan struct{})})
			next++
		}
		s := free[0]
		if a.of[name] = s; len(a.shards) == 0 || a.shards[len(a.shards)-1] != s {
			a.shards = append(a.shards, s)
		}
		if s.room--; s.room <= 0 {
			free = free[1:]
		}
	}
	return a
}

// free lists our shards with room, and the first number beyond those that exist.
func (l list) free(st state, prefix string, limit int) (free []*shard, next int) {
	for _, g := range st.shards {
		n, ok := g.number(prefix)
		if !ok || !g.markedBy(l.mark) {
			continue
		}
		next = max(next, n+1)
		if room := limit - len(g.Member); room > 0 {
			free = append(free, &shard{name: g.Name, nest: !st.nested[g.Name], room: room, ready: make(chan struct{})})
		}
	}
	return free, next
}
