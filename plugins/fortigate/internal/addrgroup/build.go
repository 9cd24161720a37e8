package addrgroup

import (
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// raise makes a new shard of the objects that are there, and nests it in the base group.
func (p *putting) raise(ctx context.Context, s *shard) {
	members := []member{{placeholder}}
	for _, i := range s.due {
		if p.placed[i].Err == nil {
			members = append(members, member{p.names[i]})
		}
	}
	if len(members) == 1 {
		return
	}
	_, err := p.batch.Post(ctx, p.groupPath(), group{Name: s.name, Member: members, Comment: p.mark.String()})
	if s.refused = refused(err); s.refused {
		return
	}
	if err == nil {
		err = p.addMember(ctx, p.batch, p.base, s.name)
	}
	p.fail(s, err)
}

// fail tells all that were to act by a shard why they do not.
func (p *putting) fail(s *shard, err error) {
	for _, i := range s.due {
		if p.placed[i].Err == nil {
			p.placed[i].Err = err
		}
	}
}

// refused reports that the device judged a write and did nothing: in another form it may take it.
func refused(err error) bool {
	class := blocker.ClassOf(err)
	return err != nil && !fortios.MayHaveActed(err) && (class == blocker.Permanent || class == blocker.Capacity)
}

// again is for the shards that the device refused: somebody deleted one of the objects, there is no room for all, or
// a group of that name is there. Their members join one by one, so that one keeps no other out.
func (p *putting) again(ctx context.Context, parallel int) {
	shards := slices.DeleteFunc(slices.Clone(p.shards), func(s *shard) bool { return !s.refused })
	var joining []int
	for _, s := range shards {
		joining = append(joining, slices.DeleteFunc(slices.Clone(s.due), func(i int) bool { return p.placed[i].Err != nil })...)
	}
	work.Spread(parallel, len(shards)+len(joining), func(n int) {
		if n < len(shards) {
			p.build(ctx, shards[n])
			return
		}
		i := joining[n-len(shards)]
		p.placed[i].Err = p.join(ctx, p.of[p.names[i]], p.names[i])
	})
}

// build has a shard there and nested in the base group.
func (p *putting) build(ctx context.Context, s *shard) {
	defer close(s.ready)
	if s.create {
		if s.err = p.createShard(ctx, p.batch, s.name); s.err != nil {
			return
		}
	}
	if s.nest {
		s.err = p.addMember(ctx, p.batch, p.base, s.name)
	}
}

func (l list) createShard(ctx context.Context, b *fortios.Batch, name string) error {
	g := group{Name: name, Member: []member{{placeholder}}, Comment: l.mark.String()}
	_, err := b.Post(ctx, l.groupPath(), g)
	if !fortios.IsDuplicate(err) {
		return err
	}
	there, err := fortios.One[group](ctx, b, l.groupPath(name))
	if err == nil && !there.markedBy(l.mark) {
		err = &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("address group %q is there and not ours: rename it", name)}
	}
	return err
}

// join makes a member of an object, in a shard that is there. One that was taken out of the base group may have it.
func (p *putting) join(ctx context.Context, s *shard, name string) error {
	if <-s.ready; s.err != nil {
		return s.err
	}
	if slices.ContainsFunc(p.st.places[name], func(g *group) bool { return g.Name == s.name }) {
		return nil
	}
	return p.addMember(ctx, p.batch, s.name, name)
}
