package addrgroup

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// inventory is what the base group, and the shards of it, hold. Groups that somebody else nested
// in the base group are not looked into.
func (l list) inventory(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error) {
	st, err := l.read(ctx, b, "")
	if err != nil {
		return nil, err
	}
	entries := l.entries(st, st.base, "")
	for _, g := range st.shards {
		switch {
		case st.base.has(g.Name):
			entries = append(entries, l.entries(st, g, "")...)
		case g.markedBy(l.mark):
			entries = append(entries, l.entries(st, g, fmt.Sprintf("its group %s is not a member of %s", g.Name, l.base))...)
		}
	}
	slices.SortFunc(entries, func(a, b blocker.Entry) int {
		return cmp.Or(cmp.Compare(a.Element, b.Element), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Inert, b.Inert))
	})
	return slices.Compact(entries), nil
}

func (l list) entries(st state, g group, inert string) []blocker.Entry {
	var entries []blocker.Entry
	for _, m := range g.Member {
		element := st.objects[m.Name].element()
		if m.Name == placeholder || element == "" {
			continue
		}
		entries = append(entries, blocker.Entry{
			Element: element, Class: l.mark.Class, Owner: l.owner(st.objects[m.Name]), Inert: inert,
		})
	}
	return entries
}

// owner is the installation that made an object for this blocker and class; what others made is foreign.
func (l list) owner(o object) string {
	m, ok := ParseMark(o.Comment)
	switch {
	case !ok:
		return way.Foreign("unmarked")
	case m.Blocker != l.mark.Blocker || m.Class != l.mark.Class:
		return way.Foreign(m.Owner + "/" + m.Blocker)
	}
	return m.Owner
}
