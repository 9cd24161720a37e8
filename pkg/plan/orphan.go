package plan

import (
	"cmp"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Orphan is an element on a device that nobody holds.
type Orphan struct {
	Blocker string
	Device  string
	Class   entity.Class
	Element string
	// Take says that it is ours beyond doubt, and is to be taken off. Else it is only reported.
	Take bool
	Why  string
}

// Claims is what tells our own elements from those of others.
type Claims struct {
	// Owner marks what this installation puts on devices.
	Owner string
	// Placed reports that the journal's history shows that we put an element there.
	Placed func(blocker string, class entity.Class, element string) bool
	// AllRead: every configured source has been read completely since the journal was created.
	AllRead bool
}

// Orphans are the listed elements, by blocker, that no holding of that class on that blocker explains. Foreign ones are
// left alone: of these only those are reported that a device lists and does not enforce.
func Orphans(lists map[string][]entity.Inventory, held []entity.Holding, claims Claims) []Orphan {
	taken := shares(held)
	var all []Orphan
	for blocker, inventories := range lists {
		for _, inv := range inventories {
			for _, e := range inv.Entries {
				if taken[lot{blocker, e.Class}][e.Element] {
					continue
				}
				if o, told := claims.judge(blocker, e); told {
					o.Blocker, o.Device, o.Class, o.Element = blocker, inv.Device, e.Class, e.Element
					all = append(all, o)
				}
			}
		}
	}
	slices.SortFunc(all, Orphan.compare)
	return all
}

// shares are all elements that somebody holds.
func shares(held []entity.Holding) map[lot]map[string]bool {
	sizes := map[lot]int{}
	for i := range held {
		sizes[lotOf(held[i].Blocker, held[i].Target.Kind)] += len(held[i].Receipt.Elements)
	}
	all := make(map[lot]map[string]bool, len(sizes))
	for at, n := range sizes {
		all[at] = make(map[string]bool, n)
	}
	for i := range held {
		of := all[lotOf(held[i].Blocker, held[i].Target.Kind)]
		for _, e := range held[i].Receipt.Elements {
			of[e] = true
		}
	}
	return all
}

func (o Orphan) compare(p Orphan) int {
	return cmp.Or(cmp.Compare(o.Blocker, p.Blocker), cmp.Compare(o.Device, p.Device),
		cmp.Compare(o.Class, p.Class), cmp.Compare(o.Element, p.Element))
}

// judge says whether an entry without a holder is ours; false: it is none of our business.
func (c Claims) judge(blocker string, e entity.Entry) (Orphan, bool) {
	owner, marked := e.MarkedBy()
	foreign := e.Owner != "" && (!marked || owner != c.Owner)
	placed := c.Placed != nil && c.Placed(blocker, e.Class, e.Element)
	switch {
	case foreign && e.Inert != "":
		return Orphan{Why: "not ours, and without effect: " + e.Inert}, true
	case foreign:
		return Orphan{}, false
	case placed:
		return Orphan{Take: true, Why: "the journal shows that we put it there"}, true
	case marked && c.AllRead:
		return Orphan{Take: true, Why: "it bears our mark, and no source that was read wants it"}, true
	case marked:
		return Orphan{Why: "it bears our mark, but not every source has been read completely yet"}, true
	}
	return Orphan{Why: "nobody holds it, and nothing shows who put it there: when nobody needs it, " +
		`take it off by hand, or "var block" and then "var release" it`}, true
}
