package protect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Every network is compared in the space of IPv6, where IPv4 lies in ::ffff:0:0/96: so mapped addresses need no thought.
const mappedBits = 96

// translated are the networks of IPv6 whose addresses are another way to write one of IPv4, which stands at a bit.
var translated = []struct {
	network netip.Prefix
	at      int
}{
	{netip.MustParsePrefix("2002::/16"), 16},       // 6to4, RFC 3056
	{netip.MustParsePrefix("64:ff9b::/96"), 96},    // NAT64, RFC 6052
	{netip.MustParsePrefix("64:ff9b:1::/96"), 96},  // NAT64 of a site with the usual length, RFC 8215
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 96}, // stateless translation, RFC 2765
}

// network reads an address or a network; a zone says where an address is, not which.
func network(text string) (netip.Prefix, bool) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return wide(p), err == nil
	}
	if !strings.ContainsAny(text, ".:") {
		return netip.Prefix{}, false
	}
	a, err := netip.ParseAddr(text)
	return wide(netip.PrefixFrom(a, a.BitLen())), err == nil
}

// wide is a network in the space of IPv6.
func wide(p netip.Prefix) netip.Prefix {
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += mappedBits
	}
	return netip.PrefixFrom(netip.AddrFrom16(p.Addr().As16()), bits).Masked()
}

// inside is the IPv4 network that the addresses of p stand for by translation, as far as they do.
func inside(p netip.Prefix) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range translated {
		if !t.network.Overlaps(p) {
			continue
		}
		bits := min(max(p.Bits()-t.at, 0), 32)
		b := p.Addr().As16()
		var four [4]byte
		if p.Bits() >= t.network.Bits() {
			four = [4]byte(b[t.at/8:])
		}
		all = append(all, wide(netip.PrefixFrom(netip.AddrFrom4(four), bits)))
	}
	return all
}

// broad says that a network is larger than any that may be blocked.
func (o Options) broad(p netip.Prefix) string {
	bits, least := p.Bits(), o.MinPrefix6
	if p.Addr().Is4In6() && bits >= mappedBits {
		bits, least = bits-mappedBits, o.MinPrefix4
	}
	if bits >= least {
		return ""
	}
	return fmt.Sprintf("a network of more than a /%d", least)
}

// networks find the first of many that overlaps one.
type networks struct {
	index map[netip.Prefix]int
	// lengths are those that the networks have.
	lengths []int
}

func (n *networks) add(i int, p netip.Prefix) {
	p = wide(p)
	n.put(i, p)
	for _, t := range translated {
		if t.network.Bits() <= p.Bits() && t.network.Overlaps(p) {
			n.put(i, inside(p)[0])
		}
	}
}

func (n *networks) put(i int, p netip.Prefix) {
	first(&n.index, p, i)
	if !slices.Contains(n.lengths, p.Bits()) {
		n.lengths = append(n.lengths, p.Bits())
	}
}

// find gives the entry with the lowest number that overlaps p, or what p stands for.
func (n *networks) find(p netip.Prefix) (found int, ok bool) {
	for _, q := range append(inside(p), p) {
		if i, hit := n.overlapping(q); hit && (!ok || i < found) {
			found, ok = i, true
		}
	}
	return found, ok
}

func (n *networks) overlapping(p netip.Prefix) (found int, ok bool) {
	keep := func(i int) {
		if !ok || i < found {
			found, ok = i, true
		}
	}
	for _, bits := range n.lengths {
		if bits > p.Bits() {
			continue
		}
		if i, hit := n.index[netip.PrefixFrom(p.Addr(), bits).Masked()]; hit {
			keep(i)
		}
	}
	if p.IsSingleIP() {
		return found, ok
	}
	for q, i := range n.index {
		if p.Overlaps(q) {
			keep(i)
		}
	}
	return found, ok
}
