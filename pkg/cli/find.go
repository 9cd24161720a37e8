package cli

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

// found is a target that a text may mean, with what is recorded of it.
type found struct {
	target entity.Target
	held   []entity.Holding
	order  *entity.Order
}

func (f found) line() string {
	parts := []string{f.target.Ref.String(), orDash(inert.Text(f.target.Name))}
	for _, h := range f.held {
		parts = append(parts, h.Blocker+" "+string(h.State)+" "+inert.Text(shortList(h.Receipt.Elements)))
	}
	return strings.Join(parts, "  ")
}

// recorded are the targets in the journal that a text means: by name, address, id, "source/kind/id" or element.
func recorded(text string, held []entity.Holding, orders []entity.Order) []found {
	m := view.NewMeaning(text)
	return slices.DeleteFunc(everyone(held, orders), func(f found) bool { return !f.meant(m) })
}

// everyone is everything that is recorded.
func everyone(held []entity.Holding, orders []entity.Order) []found {
	byRef := map[entity.Ref]*found{}
	of := func(t entity.Target) *found {
		f := byRef[t.Ref]
		if f == nil {
			f = &found{target: t}
			byRef[t.Ref] = f
		}
		return f
	}
	for _, h := range held {
		f := of(h.Target)
		f.held = append(f.held, h)
	}
	for i := range orders {
		of(orders[i].Target).order = &orders[i]
	}
	all := make([]found, 0, len(byRef))
	for _, f := range byRef {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b found) int { return a.target.Ref.Compare(b.target.Ref) })
	return all
}

// meant reports that something of what is recorded of a target is meant.
func (f found) meant(m view.Meaning) bool {
	return m.Target(f.target) || f.order != nil && m.Target(f.order.Target) ||
		slices.ContainsFunc(f.held, func(h entity.Holding) bool { return m.Target(h.Target) || m.Any(h.Receipt.Elements) })
}

// among leaves of what was found what the options restrict it to.
func among(all []found, o releaseOptions) []found {
	return slices.DeleteFunc(all, func(f found) bool {
		on := func(h entity.Holding) bool { return h.Blocker == o.blocker }
		return o.source != "" && f.target.Source != o.source ||
			o.blocker != "" && !slices.ContainsFunc(f.held, on) ||
			o.undo && (f.order == nil || f.order.Verb != entity.VerbSpare)
	})
}
