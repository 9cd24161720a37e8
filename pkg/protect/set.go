// Package protect is the set of what nothing may ever block: what is compiled in, what is configured, and what this
// machine and its work hang on. It is one value: plan asks it for reasons, and dispatch asks it again at the door.
package protect

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Entry is one thing that is never blocked. One of Prefix, Name, Account and Domain is set.
type Entry struct {
	// Prefix is a network, or one address. What it overlaps is covered, in either direction.
	Prefix netip.Prefix `json:"prefix,omitzero"`
	// Name is a host: "dc01" or "dc01.example.net". Each covers the other, and two different domains do not.
	Name string `json:"name,omitempty"`
	// Account is `DOMAIN\user`, "user@realm" or the bare name, which stands for it in every domain.
	Account string `json:"account,omitempty"`
	// Domain stands for itself and everything below it, as a destination.
	Domain string `json:"domain,omitempty"`
	// DestinationOnly: hosts are not covered by it.
	DestinationOnly bool `json:"destination_only,omitempty"`
	// Why says the category and the detail: "default gateway 10.0.0.1 of eth0".
	Why string `json:"why"`
}

// Options are the shortest prefixes of networks that may be blocked; 0: 8 bits of IPv4 and 19 of IPv6, what one
// registry hands out to one holder.
type Options struct{ MinPrefix4, MinPrefix6 int }

// The shortest prefixes unless they are configured.
const (
	minPrefix4 = 8
	minPrefix6 = 19
)

// Set answers whether something is never blocked. It does not change; nil is what is compiled in.
type Set struct {
	options  Options
	entries  []Entry
	anywhere networks
	outside  networks
	hosts    hosts
	accounts accounts
	domains  domains
}

// compiled is what a Set covers that was given nothing.
var compiled = New(nil, Options{})

// New is the set of entries and of what is compiled in.
func New(entries []Entry, options Options) *Set {
	if options.MinPrefix4 == 0 {
		options.MinPrefix4 = minPrefix4
	}
	if options.MinPrefix6 == 0 {
		options.MinPrefix6 = minPrefix6
	}
	s := &Set{options: options, entries: append(compiledIn(), entries...)}
	for i, e := range s.entries {
		s.add(i, e)
	}
	return s
}

func (s *Set) add(i int, e Entry) {
	if e.Prefix.IsValid() && e.DestinationOnly {
		s.outside.add(i, e.Prefix)
	} else if e.Prefix.IsValid() {
		s.anywhere.add(i, e.Prefix)
	}
	if e.Name != "" && !e.DestinationOnly {
		s.hosts.add(i, e.Name)
	}
	s.accounts.add(i, e.Account)
	s.domains.add(i, e.Name, false)
	s.domains.add(i, e.Domain, true)
}

// Entries are all entries, what is compiled in first.
func (s *Set) Entries() []Entry {
	if s == nil {
		return compiled.Entries()
	}
	return slices.Clone(s.entries)
}

// Covers reports that a target must not be blocked, or an element that stands or would stand for it on a device, and
// why. The target's addresses, names, accounts and destinations count, as its kind has them, and each element that
// is one of these in the kind's class.
func (s *Set) Covers(t entity.Target, elements []string) (why string, covered bool) {
	if s == nil {
		return compiled.Covers(t, elements)
	}
	switch t.Kind.Class() {
	case entity.ClassSource:
		return s.coversHost(append(hostTexts(t), elements...))
	case entity.ClassAccount:
		return s.coversAccount(append(accountTexts(t), elements...))
	default:
		return s.coversDestination(append(t.Destinations(), elements...))
	}
}

func (s *Set) coversHost(texts []string) (string, bool) {
	for _, text := range texts {
		if p, ok := network(text); ok {
			if why, covered := s.coversNetwork(text, p, &s.anywhere); covered {
				return why, true
			}
		} else if i, ok := s.hosts.find(text); ok {
			return s.why(text, i), true
		}
	}
	return "", false
}

func (s *Set) coversDestination(texts []string) (string, bool) {
	for _, text := range texts {
		if p, ok := network(text); ok {
			if why, covered := s.coversNetwork(text, p, &s.anywhere, &s.outside); covered {
				return why, true
			}
		} else if i, ok := s.domains.find(text); ok {
			return s.why(text, i), true
		}
	}
	return "", false
}

func (s *Set) coversAccount(texts []string) (string, bool) {
	if i, text, ok := s.accounts.find(texts); ok {
		return s.why(text, i), true
	}
	return "", false
}

func (s *Set) coversNetwork(text string, p netip.Prefix, in ...*networks) (string, bool) {
	if why := s.options.broad(p); why != "" {
		return text + ": " + why, true
	}
	for _, n := range in {
		if i, ok := n.find(p); ok {
			return s.why(text, i), true
		}
	}
	return "", false
}

// why is the entry's reason, with the text that it covers where that is another.
func (s *Set) why(text string, i int) string {
	why := s.entries[i].Why
	if strings.Contains(strings.ToLower(why), strings.ToLower(text)) {
		return why
	}
	return text + ": " + why
}

// first keeps the lowest index under a key, so that one answer does not hang on the order of a map.
func first[K comparable](m *map[K]int, key K, i int) {
	if *m == nil {
		*m = map[K]int{}
	}
	if j, ok := (*m)[key]; !ok || i < j {
		(*m)[key] = i
	}
}
