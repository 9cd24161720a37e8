package addrgroup

import (
	"cmp"
	"context"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// inventory is what the base group, and the shards nested in it, hold: what acts. A shard that the base group
// lost, or an object of ours in no group, is missing, and Put makes it whole. Groups that somebody else nested
// in the base group are not looked into.
func (l list) inventory(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error) {
	st, err := l.read(ctx, b, "")
	if err != nil {
		return nil, err
	}
	entries := l.entries(st, st.base)
	for _, g := range st.shards {
		if st.base.has(g.Name) {
			entries = append(entries, l.entries(st, g)...)
		}
	}
	slices.SortFunc(entries, func(a, b blocker.Entry) int {
		return cmp.Or(cmp.Compare(a.Element, b.Element), cmp.Compare(a.Owner, b.Owner))
	})
	return slices.Compact(entries), nil
}

func (l list) entries(st state, g group) []blocker.Entry {
	var entries []blocker.Entry
	for _, m := range g.Member {
		element := st.objects[m.Name].element()
		if m.Name == placeholder || element == "" {
			continue
		}
		entries = append(entries, blocker.Entry{
			Element: element, Class: l.mark.Class, Owner: l.owner(st.objects[m.Name], element),
		})
	}
	return entries
}

// owner is the installation that made an object for this blocker and class. What others made is foreign, and so
// is an object of ours to which somebody gave another content: Put gives it back, and Take leaves it.
func (l list) owner(o object, element string) string {
	m, ok := ParseMark(o.Comment)
	switch {
	case !ok:
		return way.Foreign("unmarked")
	case m.Blocker != l.mark.Blocker || m.Class != l.mark.Class:
		return way.Foreign(m.Owner + "/" + m.Blocker)
	case m.named(o) && m.name(element) != o.Name:
		return way.Foreign("somebody changed " + o.Name)
	}
	return m.Owner
}
