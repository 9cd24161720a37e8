package addrgroup

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
	"github.com/var-project/var/plugins/fortigate/internal/work"
)

// taking is the work of one batch on one list.
type taking struct {
	list
	batch   *fortios.Batch
	st      state
	objects map[string]object
	// takeOver has what the predecessor left go with every element.
	takeOver bool
	// parts are what goes of each of our shards, by its name.
	parts map[string]*part
	// anchor has the base group keep a member when all the shards in it go.
	anchor func() error
}

// take removes elements: first the membership, then the object; of a shard of which nothing would be left, the shard.
// What bears no mark of ours is left, unless the predecessor left it and the element was adopted.
func (l list) take(ctx context.Context, b *fortios.Batch, elements []way.Taking, o Options) []error {
	t := &taking{list: l, batch: b, takeOver: o.TakeOver}
	names := t.names(elements)
	if err := t.read(ctx, names); err != nil {
		return way.All(err, len(elements))
	}
	others := l.renames(t.objects)
	ours := make([][]string, len(elements))
	for i, e := range elements {
		ours[i] = append([]string{l.mark.name(e.Element)}, others[e.Element]...)
		names = append(names, ours[i]...)
	}
	t.st.locate(names)
	first := t.divide(ours)
	t.anchor = sync.OnceValue(func() error { return t.keepMember(ctx) })
	errs := make([]error, len(elements))
	order := t.order(ours)
	work.Spread(o.Parallel, len(first)+len(order), func(n int) {
		if n < len(first) {
			t.see(ctx, first[n])
			return
		}
		i := order[n-len(first)]
		errs[i] = t.drop(ctx, elements[i], ours[i])
	})
	return errs
}

// names are those of the objects that the elements may have: ours, and the predecessor's where that counts.
func (t *taking) names(elements []way.Taking) []string {
	var names []string
	for _, e := range elements {
		names = append(names, t.mark.name(e.Element))
		if t.takesOver(e) {
			names = append(names, e.Element)
		}
	}
	return names
}

func (t *taking) takesOver(e way.Taking) bool { return e.Adopted || t.takeOver }

// read asks for the groups and the objects side by side. All objects are read when names alone do not tell
// them: somebody put others into our shards, or many of the predecessor's are to go.
func (t *taking) read(ctx context.Context, names []string) error {
	var states []state
	var failed, unread error
	foreign := slices.ContainsFunc(names, func(name string) bool { return !strings.HasPrefix(name, t.mark.prefix()) })
	all := foreign && len(names) > few
	work.Together(
		func() { states, failed = groups(ctx, t.batch, t.list) },
		func() {
			if all {
				t.objects, unread = t.allObjects(ctx, t.batch)
			} else {
				t.objects, unread = t.list.objects(ctx, t.batch, names)
			}
		},
	)
	if err := cmp.Or(failed, unread); err != nil {
		return err
	}
	if t.st = states[0]; all || (!t.renamed(t.st) && t.shown(names)) {
		return nil
	}
	t.objects, unread = t.allObjects(ctx, t.batch)
	return unread
}

// shown reports that there is an object for each name that our shards have as a member. Otherwise the filter
// is not to be trusted.
func (t *taking) shown(names []string) bool {
	t.st.locate(names)
	return !slices.ContainsFunc(names, func(name string) bool {
		_, there := t.objects[name]
		return !there && slices.ContainsFunc(t.st.places[name], func(g *group) bool { return g.markedBy(t.mark) })
	})
}

// drop removes the objects of these names, which stand for an element.
func (t *taking) drop(ctx context.Context, e way.Taking, names []string) error {
	for _, name := range names {
		if err := t.dropOurs(ctx, name); err != nil {
			return err
		}
	}
	if !t.takesOver(e) {
		return nil
	}
	return t.dropPredecessors(ctx, e.Element)
}

// renames are, by element, the names of objects of ours that we did not give: somebody renamed or changed them.
func (l list) renames(objects map[string]object) map[string][]string {
	names, prefix := map[string][]string{}, l.mark.prefix()
	for _, o := range objects {
		if !strings.HasPrefix(o.Name, prefix) && l.ours(o) {
			names[o.element()] = append(names[o.element()], o.Name)
		}
	}
	return names
}

func (t *taking) dropOurs(ctx context.Context, name string) error {
	ours := t.ours(t.objects[name])
	for _, g := range t.st.places[name] {
		if !ours && !g.markedBy(t.mark) {
			continue
		}
		if err := t.leave(ctx, g.Name, name); err != nil {
			return err
		}
	}
	if !ours {
		return nil
	}
	return t.deleteObject(ctx, t.batch, name)
}

// leave ends a membership: with its shard where all of that goes, else alone.
func (t *taking) leave(ctx context.Context, group, name string) error {
	if p := t.parts[group]; p != nil && p.waits() {
		<-p.ready
		if p.gone || p.err != nil {
			return p.err
		}
	}
	return t.removeMember(ctx, t.batch, group, name)
}

func (l list) ours(o object) bool {
	m, ok := ParseMark(o.Comment)
	return ok && m == l.mark
}

func (t *taking) dropPredecessors(ctx context.Context, element string) error {
	inBase := slices.ContainsFunc(t.st.places[element], func(g *group) bool { return g.Name == t.base })
	if !inBase || !t.objects[element].isPredecessors(element) {
		return nil
	}
	if err := t.removeMember(ctx, t.batch, t.base, element); err != nil {
		return err
	}
	return t.deleteObject(ctx, t.batch, element)
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
