package addrgroup

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// take removes elements: first the membership, then the object. What bears no mark of ours is left,
// unless the predecessor left it and the element was adopted.
func (l list) take(ctx context.Context, b *fortios.Batch, elements []way.Taking, o Options) []error {
	prefix := l.mark.prefix()
	if o.TakeOver || slices.ContainsFunc(elements, func(t way.Taking) bool { return t.Adopted }) {
		prefix = "" // the predecessor's names have none
	}
	st, err := l.read(ctx, b, prefix)
	if err != nil {
		return way.All(err, len(elements))
	}
	others := l.renames(st)
	errs := make([]error, len(elements))
	var g errgroup.Group
	g.SetLimit(o.Parallel)
	for i, t := range elements {
		g.Go(func() error {
			names := append([]string{l.mark.name(t.Element)}, others[t.Element]...)
			errs[i] = l.drop(ctx, b, st, names, t, o)
			return nil
		})
	}
	_ = g.Wait() // each element has its own error
	return errs
}

// drop removes the objects of these names, which stand for an element.
func (l list) drop(ctx context.Context, b *fortios.Batch, st state, names []string, t way.Taking, o Options) error {
	for _, name := range names {
		if err := l.dropOurs(ctx, b, st, name); err != nil {
			return err
		}
	}
	if !t.Adopted && !o.TakeOver {
		return nil
	}
	return l.dropPredecessors(ctx, b, st, t.Element)
}

// renames are, by element, the names of objects of ours that we did not give: somebody renamed or changed them.
func (l list) renames(st state) map[string][]string {
	names, prefix := map[string][]string{}, l.mark.prefix()
	for _, o := range st.objects {
		if !strings.HasPrefix(o.Name, prefix) && l.ours(o) {
			names[o.element()] = append(names[o.element()], o.Name)
		}
	}
	return names
}

// named reports that an object has a name as the mark's maker gives it.
func (m Mark) named(o object) bool { return strings.HasPrefix(o.Name, m.prefix()) }

func (l list) dropOurs(ctx context.Context, b *fortios.Batch, st state, name string) error {
	ours := l.ours(st.objects[name])
	for _, g := range slices.Concat(st.shards, []group{st.base}) {
		if !g.has(name) || !(ours || g.markedBy(l.mark)) {
			continue
		}
		if err := l.removeMember(ctx, b, g.Name, name); err != nil {
			return err
		}
	}
	if !ours {
		return nil
	}
	return l.deleteObject(ctx, b, name)
}

func (l list) ours(o object) bool {
	m, ok := ParseMark(o.Comment)
	return ok && m == l.mark
}

func (l list) dropPredecessors(ctx context.Context, b *fortios.Batch, st state, element string) error {
	if !st.objects[element].isPredecessors(element) || !st.base.has(element) {
		return nil
	}
	if err := l.removeMember(ctx, b, l.base, element); err != nil {
		return err
	}
	return l.deleteObject(ctx, b, element)
}

// removeMember takes one member off by the child table. Where the firmware keeps the last member
// of a group, the placeholder takes its place.
func (l list) removeMember(ctx context.Context, b *fortios.Batch, group, name string) error {
	err := b.Delete(ctx, l.memberPath(group, name))
	if fortios.IsEmptyRefused(err) {
		if err = l.addMember(ctx, b, group, placeholder); err == nil {
			err = b.Delete(ctx, l.memberPath(group, name))
		}
	}
	if fortios.IsMissing(err) {
		return nil
	}
	return err
}

// deleteObject deletes an address object; one that is used elsewhere is left there.
func (l list) deleteObject(ctx context.Context, b *fortios.Batch, name string) error {
	err := b.Delete(ctx, l.addressPath(name))
	if fortios.IsMissing(err) || fortios.IsInUse(err) {
		return nil
	}
	return err
}
