package entity

import (
	"net/netip"
	"strings"
)

// special are the networks that are no public unicast destinations although they look like
// one: the special-purpose registries of RFC 6890 with IPv4 multicast and class E. Of IPv6
// only what lies inside 2000::/3 is listed.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "3fff::/20",
)

var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	sixToFour     = netip.MustParsePrefix("2002::/16")
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// PublicAddress reports that an address is a unicast destination on the public Internet: not
// private, shared (CGNAT), loopback, link-local, multicast, documentation, benchmark or
// reserved. Of IPv6 only 2000::/3 is public, without Teredo; a 6to4 address is judged by the
// IPv4 address inside it. An address with a zone is never public.
func PublicAddress(a netip.Addr) bool {
	return a.Zone() == "" && a.IsValid() && PublicPrefix(netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
}

// PublicPrefix reports that every address of a network is public in the sense of PublicAddress.
func PublicPrefix(p netip.Prefix) bool {
	if !p.IsValid() {
		return false
	}
	if p.Addr().Is4In6() {
		return p.Bits() >= 96 && PublicPrefix(netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96))
	}
	for _, s := range special {
		if s.Overlaps(p) {
			return false
		}
	}
	if p.Addr().Is4() {
		return true
	}
	if sixToFour.Overlaps(p) {
		return PublicPrefix(embedded(p))
	}
	return p.Bits() >= globalUnicast.Bits() && globalUnicast.Overlaps(p)
}

// embedded is the IPv4 network that a 6to4 network stands for (RFC 3056): bits 16 to 47.
func embedded(p netip.Prefix) netip.Prefix {
	bits := min(p.Bits()-sixToFour.Bits(), 32)
	if bits < 0 {
		return netip.Prefix{}
	}
	b := p.Masked().Addr().As16()
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(b[2:6])), bits)
}

// private are the top-level names that never leave a site (RFC 6761, 6762, 8375 and ICANN's
// "internal"): blocking them would only hurt the site itself.
var private = map[string]bool{
	"local": true, "localhost": true, "localdomain": true, "internal": true, "arpa": true,
}

// Domain is the canonical form of a domain name that may be blocked: lower case, no trailing
// dot, at least two labels of letters, digits, hyphens and underscores. What is an address, a
// wildcard, not ASCII (write its xn-- form) or local to a site is refused.
func Domain(text string) (canonical string, ok bool) {
	name := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(text), "."))
	labels := strings.Split(name, ".")
	if len(name) > 253 || len(labels) < 2 {
		return "", false
	}
	for _, l := range labels {
		if !isLabel(l) {
			return "", false
		}
	}
	top := labels[len(labels)-1]
	if private[top] || !isTop(top) {
		return "", false
	}
	return name, true
}

// isTop reports that a label can be a top-level name: letters, or an encoded name. An address with a
// slip of the finger at its end is no domain.
func isTop(l string) bool {
	return strings.Trim(l, "abcdefghijklmnopqrstuvwxyz") == "" || strings.HasPrefix(l, "xn--")
}

func isLabel(l string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	return l != "" && len(l) <= 63 && strings.Trim(l, allowed) == "" && l[0] != '-' && l[len(l)-1] != '-'
}

// PublicDestination is the canonical form of a text that names a public unicast address or a
// domain; ok is false for everything else, networks too.
func PublicDestination(text string) (canonical string, ok bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return Domain(text)
	}
	return a.Unmap().String(), PublicAddress(a)
}
