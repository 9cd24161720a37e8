package view

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Meaning compares a text with what may be meant by it.
type Meaning struct {
	text    string
	address netip.Addr
}

// NewMeaning is what a person may mean by a text.
func NewMeaning(text string) Meaning {
	m := Meaning{text: strings.TrimSpace(text)}
	if a, err := netip.ParseAddr(m.text); err == nil {
		m.address = a.Unmap()
	}
	return m
}

// same compares without regard to case, and addresses in whatever form.
func (m Meaning) same(text string) bool {
	if text == "" {
		return false
	}
	if strings.EqualFold(m.text, text) {
		return true
	}
	a, err := netip.ParseAddr(text)
	return err == nil && m.address.IsValid() && a.Unmap() == m.address
}

// Any reports that one of the texts is meant, such as an element.
func (m Meaning) Any(texts []string) bool { return slices.ContainsFunc(texts, m.same) }

// Target compares with every name that a target has.
func (m Meaning) Target(t entity.Target) bool {
	names := []string{t.Ref.String(), string(t.Kind) + "/" + t.ID, t.ID, t.Name}
	switch {
	case t.Host != nil:
		names = append(names, t.Host.IP, t.Host.FullName)
	case t.Account != nil:
		names = append(names, t.Account.UID, t.Account.SAM(), t.Account.LDAP.UPN)
	}
	return m.Any(append(names, t.Destinations()...))
}

// RefOf reads "source/kind/id".
func RefOf(text string) (entity.Ref, bool) {
	source, rest, _ := strings.Cut(text, "/")
	kind, id, ok := strings.Cut(rest, "/")
	r := entity.Ref{Source: source, Kind: entity.Kind(kind), ID: id}
	return r, ok && id != "" && slices.Contains(entity.Kinds(), r.Kind)
}
