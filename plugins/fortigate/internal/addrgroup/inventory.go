package addrgroup

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// content is what is kept of an address object: all that tells what it stands for and whose it is.
type content struct {
	seen    bool
	element string
	mark    *Mark // nil: it bears none
}

// stock is what one family of a device holds for the lists of a blocker.
type stock struct {
	states []state
	// contents are the objects that act, by name.
	contents map[string]content
	marks    map[string]*Mark
}

// inventory is what the base groups, and the shards nested in them, hold: what acts. A shard that the base group
// lost, or an object of ours in no group, is missing, and Put makes it whole. Groups that somebody else nested
// in the base group are not looked into. All lists are of one family.
func inventory(ctx context.Context, b *fortios.Batch, lists []list) ([]blocker.Entry, error) {
	states, err := groups(ctx, b, lists...)
	if err != nil {
		return nil, err
	}
	s := &stock{states: states, marks: map[string]*Mark{}}
	if err := s.read(ctx, b, lists[0]); err != nil {
		return nil, err
	}
	entries := make([]blocker.Entry, 0, len(s.contents))
	for i, l := range lists {
		entries = append(entries, s.entries(l, states[i])...)
	}
	return entries, nil
}

// acting calls do with each member that acts.
func (st state) acting(do func(name string)) {
	members := func(g group) {
		for _, m := range g.Member {
			if m.Name != placeholder && !st.nested[m.Name] {
				do(m.Name)
			}
		}
	}
	members(st.base)
	for _, g := range st.shards {
		if st.nested[g.Name] {
			members(g)
		}
	}
}

// read asks for the objects that act, if there are any: for those whose names begin as ours do, and for everybody's
// where others act too, or where the filter did not show what must be there.
func (s *stock) read(ctx context.Context, b *fortios.Batch, l list) error {
	all, n := false, 0
	for _, st := range s.states {
		st.acting(func(string) { n++ })
	}
	s.contents = make(map[string]content, n)
	for _, st := range s.states {
		st.acting(func(name string) {
			s.contents[name] = content{}
			all = all || !strings.HasPrefix(name, anyPrefix)
		})
	}
	if len(s.contents) == 0 {
		return nil
	}
	if !all {
		err := pages(ctx, b, l.addressPath(), narrowed(b, l.fields, []string{anyPrefix}, nil), func() {}, s.keep)
		if err != nil || s.complete() {
			return err
		}
	}
	return pages(ctx, b, l.addressPath(), narrowed(b, l.fields, nil, nil), func() {}, s.keep)
}

func (s *stock) complete() bool {
	for _, c := range s.contents {
		if !c.seen {
			return false
		}
	}
	return true
}

// keep takes what is needed of a page; a page that is read again replaces what it said before.
func (s *stock) keep(page []object) {
	for _, o := range page {
		if _, acts := s.contents[o.Name]; acts {
			s.contents[o.Name] = content{true, o.element(), s.mark(o.Comment)}
		}
	}
}

// mark is read once for all objects that bear the same.
func (s *stock) mark(comment string) *Mark {
	if m, ok := s.marks[comment]; ok {
		return m
	}
	m, ok := ParseMark(comment)
	if !ok {
		return nil
	}
	s.marks[comment] = &m
	return &m
}

func (s *stock) entries(l list, st state) []blocker.Entry {
	n := 0
	st.acting(func(string) { n++ })
	entries := make([]blocker.Entry, 0, n)
	st.acting(func(name string) {
		if c := s.contents[name]; c.element != "" {
			entries = append(entries, blocker.Entry{Element: c.element, Class: l.mark.Class, Owner: l.owner(name, c)})
		}
	})
	slices.SortFunc(entries, func(a, b blocker.Entry) int {
		if c := strings.Compare(a.Element, b.Element); c != 0 {
			return c
		}
		return cmp.Compare(a.Owner, b.Owner)
	})
	return slices.Compact(entries)
}

// owner is the installation that made an object for this blocker and class. What others made is foreign, and so
// is an object of ours to which somebody gave another content: Put gives it back, and Take leaves it.
func (l list) owner(name string, c content) string {
	m := c.mark
	switch {
	case m == nil:
		return way.Foreign("unmarked")
	case m.Blocker != l.mark.Blocker || m.Class != l.mark.Class:
		return way.Foreign(m.Owner + "/" + m.Blocker)
	case strings.HasPrefix(name, m.prefix()) && m.name(c.element) != name:
		return way.Foreign("somebody changed " + name)
	}
	return m.Owner
}
