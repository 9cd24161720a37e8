package cli

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// found is a target that a text may mean, with what is recorded of it.
type found struct {
	target entity.Target
	held   []entity.Holding
	order  *entity.Order
}

func (f found) line() string {
	parts := []string{f.target.Ref.String(), orDash(legible(f.target.Name))}
	for _, h := range f.held {
		parts = append(parts, h.Blocker+" "+string(h.State)+" "+legible(shortList(h.Receipt.Elements)))
	}
	return strings.Join(parts, "  ")
}

// recorded are the targets in the journal that a text means: by name, address, id, "source/kind/id" or element.
func recorded(text string, held []entity.Holding, orders []entity.Order) []found {
	m := newMeaning(text)
	return slices.DeleteFunc(everyone(held, orders), func(f found) bool { return !m.is(f) })
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

// meaning compares a text with what may be meant by it.
type meaning struct {
	text    string
	address netip.Addr
}

func newMeaning(text string) meaning {
	m := meaning{text: strings.TrimSpace(text)}
	if a, err := netip.ParseAddr(m.text); err == nil {
		m.address = a.Unmap()
	}
	return m
}

// is reports that something of what is recorded of a target is meant.
func (m meaning) is(f found) bool {
	return m.target(f.target) || f.order != nil && m.target(f.order.Target) ||
		slices.ContainsFunc(f.held, func(h entity.Holding) bool { return m.target(h.Target) || m.any(h.Receipt.Elements) })
}

// same compares without regard to case, and addresses in whatever form.
func (m meaning) same(text string) bool {
	if text == "" {
		return false
	}
	if strings.EqualFold(m.text, text) {
		return true
	}
	a, err := netip.ParseAddr(text)
	return err == nil && m.address.IsValid() && a.Unmap() == m.address
}

func (m meaning) any(texts []string) bool { return slices.ContainsFunc(texts, m.same) }

// target compares with every name that a target has.
func (m meaning) target(t entity.Target) bool {
	names := []string{t.Ref.String(), string(t.Kind) + "/" + t.ID, t.ID, t.Name}
	switch {
	case t.Host != nil:
		names = append(names, t.Host.IP, t.Host.FullName)
	case t.Account != nil:
		names = append(names, t.Account.UID, t.Account.SAM(), t.Account.LDAP.UPN)
	}
	return m.any(append(names, t.Destinations()...))
}

// refOf reads "source/kind/id".
func refOf(text string) (entity.Ref, bool) {
	source, rest, _ := strings.Cut(text, "/")
	kind, id, ok := strings.Cut(rest, "/")
	r := entity.Ref{Source: source, Kind: entity.Kind(kind), ID: id}
	return r, ok && id != "" && slices.Contains(entity.Kinds(), r.Kind)
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
