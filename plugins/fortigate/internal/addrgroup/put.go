package addrgroup

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// put has the list hold elements: at most two writes for each that is new, and two for each new shard.
func (l list) put(ctx context.Context, b *fortios.Batch, elements []string, o Options) []way.Placed {
	st, err := l.read(ctx, b, l.mark.prefix())
	if err == nil && st.missing {
		err = l.absent()
	}
	if err != nil {
		return way.All(way.Placed{Err: err}, len(elements))
	}
	a := l.assign(st, l.wanted(elements), o.MemberLimit)
	broken := l.prepare(ctx, b, a.shards)
	placed := make([]way.Placed, len(elements))
	var g errgroup.Group
	g.SetLimit(o.Parallel)
	for i, e := range elements {
		g.Go(func() error {
			placed[i] = l.hold(ctx, b, st, e, a, broken)
			return nil
		})
	}
	_ = g.Wait() // each outcome has its own error
	return placed
}

func (l list) absent() error {
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"%s address group %q is not on the device: create it with the member %q and use it in a deny policy",
		l.family.name, l.base, placeholder)}
}

func (l list) wanted(elements []string) []string {
	names := make([]string, len(elements))
	for i, e := range elements {
		names[i] = l.mark.name(e)
	}
	return names
}

// prepare makes the shards that are needed, and says which could not be made.
func (l list) prepare(ctx context.Context, b *fortios.Batch, shards []*shard) map[*shard]error {
	broken := map[*shard]error{}
	for _, s := range shards {
		if err := l.makeShard(ctx, b, s); err != nil {
			broken[s] = err
		}
	}
	return broken
}

func (l list) makeShard(ctx context.Context, b *fortios.Batch, s *shard) error {
	if s.create {
		if err := l.createShard(ctx, b, s.name); err != nil {
			return err
		}
	}
	if !s.nest {
		return nil
	}
	return l.addMember(ctx, b, l.base, s.name)
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

// hold sees one element through: its object, then its membership.
func (l list) hold(ctx context.Context, b *fortios.Batch, st state, element string, a assignment, broken map[*shard]error) way.Placed {
	name := l.mark.name(element)
	if there, err := l.holdObject(ctx, b, st, name, element); err != nil {
		return way.Placed{There: there, Err: err}
	}
	s := a.of[name]
	if s == nil {
		return way.Placed{There: true}
	}
	if err := broken[s]; err != nil {
		return way.Placed{There: true, Err: err}
	}
	return way.Placed{There: true, Err: l.addMember(ctx, b, s.name, name)}
}

func (l list) holdObject(ctx context.Context, b *fortios.Batch, st state, name, element string) (there bool, err error) {
	if o, ok := st.objects[name]; ok {
		return true, l.restore(ctx, b, o, element)
	}
	_, err = b.Post(ctx, l.addressPath(), newObject(name, element, l.mark.String()))
	if !fortios.IsDuplicate(err) {
		return err == nil || fortios.MayHaveActed(err), err
	}
	o, err := fortios.One[object](ctx, b, l.addressPath(name))
	if err != nil {
		return true, err
	}
	return true, l.restore(ctx, b, o, element)
}

// restore gives an object of ours its content back. What bears no mark of ours is left as it is.
func (l list) restore(ctx context.Context, b *fortios.Batch, o object, element string) error {
	if o.element() == element {
		return nil
	}
	if l.ours(o) {
		_, err := b.Put(ctx, l.addressPath(o.Name), newObject(o.Name, element, l.mark.String()))
		return err
	}
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"address object %q stands for %q on the device, not for %s: delete it there", o.Name, o.element(), element)}
}

// addMember appends to a group by the child table, which touches no other member.
func (l list) addMember(ctx context.Context, b *fortios.Batch, group, name string) error {
	_, err := b.Post(ctx, l.memberPath(group), member{name})
	switch {
	case fortios.IsDuplicate(err):
		return nil
	case fortios.IsDangling(err):
		return &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("somebody else changed the device meanwhile: %w", err)}
	}
	return err
}
