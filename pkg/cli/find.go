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
	parts := []string{f.target.Ref.String(), orDash(f.target.Name)}
	for _, h := range f.held {
		parts = append(parts, h.Blocker+" "+string(h.State)+" "+shortList(h.Receipt.Elements))
	}
	return strings.Join(parts, "  ")
}

// recorded are the targets in the journal that a text means: by name, address, id, "source/kind/id" or element.
func recorded(text string, held []entity.Holding, orders []entity.Order) []found {
	m := newMeaning(text)
	var all foundList
	for _, h := range held {
		if m.target(h.Target) || m.element(h.Receipt.Elements) {
			f := all.of(h.Target)
			f.held = append(f.held, h)
		}
	}
	for _, o := range orders {
		if m.target(o.Target) {
			all.of(o.Target)
		}
	}
	all.complete(held, orders)
	return all.sorted()
}

// foundList gathers what is found, each target once.
type foundList []*found

func (l *foundList) of(t entity.Target) *found {
	for _, f := range *l {
		if f.target.Ref == t.Ref {
			return f
		}
	}
	f := &found{target: t}
	*l = append(*l, f)
	return f
}

// complete adds everything else that is recorded of what was found: an element may mean one holding of several.
func (l foundList) complete(held []entity.Holding, orders []entity.Order) {
	for _, f := range l {
		f.held = nil
		for _, h := range held {
			if h.Target.Ref == f.target.Ref {
				f.held = append(f.held, h)
			}
		}
		for _, o := range orders {
			if o.Target.Ref == f.target.Ref {
				f.order = &o
			}
		}
	}
}

func (l foundList) sorted() []found {
	all := make([]found, len(l))
	for i, f := range l {
		all[i] = *f
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

// is compares without regard to case, and addresses in whatever form.
func (m meaning) is(text string) bool {
	if text == "" {
		return false
	}
	if strings.EqualFold(m.text, text) {
		return true
	}
	a, err := netip.ParseAddr(text)
	return err == nil && m.address.IsValid() && a.Unmap() == m.address
}

func (m meaning) element(elements []string) bool { return slices.ContainsFunc(elements, m.is) }

// target compares with every name that a target has.
func (m meaning) target(t entity.Target) bool {
	names := []string{t.Ref.String(), string(t.Kind) + "/" + t.ID, t.ID, t.Name}
	switch {
	case t.Host != nil:
		names = append(names, t.Host.IP, t.Host.FullName)
	case t.Account != nil:
		names = append(names, t.Account.UID, t.Account.SAM(), t.Account.LDAP.UPN)
	}
	return m.element(append(names, t.Destinations()...))
}

// refOf reads "source/kind/id".
func refOf(text string) (entity.Ref, bool) {
	source, rest, _ := strings.Cut(text, "/")
	kind, id, ok := strings.Cut(rest, "/")
	r := entity.Ref{Source: source, Kind: entity.Kind(kind), ID: id}
	return r, ok && id != "" && slices.Contains(entity.Kinds(), r.Kind)
}
