package addrgroup

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/var-project/var/pkg/blocker"
)

// object is an address object as the API shows it, of firewall/address or firewall/address6.
type object struct {
	Name    string `json:"name"`
	Type    string `json:"type,omitempty"`
	Subnet  string `json:"subnet,omitempty"`
	IP6     string `json:"ip6,omitempty"`
	Start   string `json:"start-ip,omitempty"`
	End     string `json:"end-ip,omitempty"`
	FQDN    string `json:"fqdn,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// newObject is the object that stands for a canonical element.
func newObject(name, element, comment string) object {
	o := object{Name: name, Comment: comment}
	p, isAddress := prefixOf(element)
	switch {
	case !isAddress:
		o.Type, o.FQDN = "fqdn", element
	case p.Addr().Is4():
		o.Type, o.Subnet = "ipmask", fmt.Sprintf("%s %s", p.Addr(), net.IP(net.CIDRMask(p.Bits(), 32)))
	default:
		o.Type, o.IP6 = "ipprefix", p.String()
	}
	return o
}

// prefixOf reads an address or network; a domain is neither.
func prefixOf(element string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(element); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(element)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// element is the canonical element that the object stands for; empty when it is none (a range of
// several addresses, a country). The range fields are read for ranges only: FortiOS fills them
// with network and mask in other types.
func (o object) element() string {
	switch o.Type {
	case "ipmask", "":
		return canonical(withPrefixLength(o.Subnet))
	case "ipprefix":
		return canonical(o.IP6)
	case "iprange":
		if o.Start == o.End {
			return canonical(o.Start)
		}
	case "fqdn":
		if d := strings.ToLower(o.FQDN); blocker.IsDomain(d) {
			return d
		}
	}
	return ""
}

func canonical(text string) string {
	a, err := blocker.Address(text)
	if err != nil {
		return ""
	}
	return a
}

// withPrefixLength turns "198.51.100.0 255.255.255.0" into "198.51.100.0/24" and leaves other texts.
func withPrefixLength(subnet string) string {
	address, mask, ok := strings.Cut(subnet, " ")
	m, err := netip.ParseAddr(mask)
	if !ok || err != nil || !m.Is4() {
		return subnet
	}
	four := m.As4()
	ones, bits := net.IPMask(four[:]).Size()
	if bits == 0 { // not a mask: a wildcard
		return ""
	}
	return fmt.Sprintf("%s/%d", address, ones)
}

// isPredecessors reports an object of the system that var took over from: named by the bare
// address, a range of that one address, without a comment.
func (o object) isPredecessors(element string) bool {
	return o.Name == element && o.Type == "iprange" && o.Start == element && o.End == element && o.Comment == ""
}
