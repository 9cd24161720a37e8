package addrgroup

import (
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// putting is the work of one batch on one list.
type putting struct {
	list
	batch    *fortios.Batch
	elements []string
	// names are those of the objects, placed is how the elements fared; both in the order of the elements.
	names  []string
	placed []way.Placed
	st     state
	assignment
	shelf *shelf
}

// put has the list hold elements, which differ: one write for each that goes into a new shard and two for the shard,
// two writes for each that goes into one with room. A shard takes effect when its own objects are there.
func (l list) put(ctx context.Context, b *fortios.Batch, elements []string, o Options) []way.Placed {
	p := &putting{list: l, batch: b, elements: elements, names: l.wanted(elements), placed: make([]way.Placed, len(elements))}
	if err := p.prepare(ctx, o.MemberLimit); err != nil {
		for i, name := range p.names {
			p.placed[i] = way.Placed{There: p.located(name), Err: err}
		}
		return p.placed
	}
	standing := slices.DeleteFunc(slices.Clone(p.shards), func(s *shard) bool { return s.create })
	work.Spread(o.Parallel, len(standing)+len(elements), func(n int) {
		if n < len(standing) {
			p.build(ctx, standing[n])
			return
		}
		p.hold(ctx, n-len(standing))
	})
	p.again(ctx, o.Parallel)
	return p.placed
}

// prepare reads the groups, and the objects where some of the elements are members already: those may have been
// changed by somebody.
func (p *putting) prepare(ctx context.Context, limit int) error {
	states, err := groups(ctx, p.batch, p.list)
	if err != nil {
		return err
	}
	if p.st = states[0]; p.st.missing {
		return p.absent()
	}
	p.st.locate(p.names)
	p.assignment = p.assign(p.st, p.names, limit)
	p.shelf = newShelf(func() (map[string]object, error) { return p.objects(ctx, p.batch, p.names) })
	if slices.ContainsFunc(p.names, p.located) {
		_, err = p.shelf.read()
	}
	return err
}

// located reports a member of some group, in force or not.
func (p *putting) located(name string) bool { return len(p.st.places[name]) > 0 }

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

// hold sees one element through: its object, then its membership. The last object that a new shard waits for has
// the shard made.
func (p *putting) hold(ctx context.Context, i int) {
	name := p.names[i]
	s := p.of[name]
	there, err := p.holdObject(ctx, name, p.elements[i])
	if err == nil && s != nil && !s.create {
		err = p.join(ctx, s, name)
	}
	p.placed[i] = way.Placed{There: there, Err: err}
	if s != nil && s.create && s.left.Add(-1) == 0 {
		p.raise(ctx, s)
	}
}

func (p *putting) holdObject(ctx context.Context, name, element string) (there bool, err error) {
	if o, ok := p.shelf.known(name); ok {
		return true, p.restore(ctx, p.batch, o, element)
	}
	_, err = p.batch.Post(ctx, p.addressPath(), newObject(name, element, p.mark.String()))
	if !fortios.IsDuplicate(err) {
		return err == nil || fortios.MayHaveActed(err), err
	}
	o, err := p.fetch(ctx, p.batch, p.shelf, name)
	if err != nil {
		return true, err
	}
	return true, p.restore(ctx, p.batch, o, element)
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
