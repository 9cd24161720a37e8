package blocker

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Address is the canonical form of an address or network: IPv4 unmapped, host bits and a full
// prefix taken off, lower case. A zone is refused: it means nothing on another machine.
func Address(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "/") {
		return network(text)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return "", fmt.Errorf("%q is not an address or network", text)
	}
	if a.Zone() != "" {
		return "", fmt.Errorf("%q has a zone, which means nothing on another machine", text)
	}
	return a.Unmap().String(), nil
}

func network(text string) (string, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return "", fmt.Errorf("%q is not an address or network", text)
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	if p.IsSingleIP() {
		return p.Addr().String(), nil
	}
	return p.Masked().String(), nil
}

// Addresses are the elements of most network blockers, canonical, sorted, each once: a host's
// address, or the destinations of a detection or static line. What is neither address, network
// nor domain is left out.
func Addresses(t entity.Target) []string {
	if t.Host != nil {
		return canonical(t.Host.IP)
	}
	return canonical(t.Destinations()...)
}

// AddressElementer is a ready Elementer for blockers whose elements are Addresses. Embed it.
type AddressElementer struct{}

// Elements are Addresses.
func (AddressElementer) Elements(_ context.Context, t entity.Target) ([]string, error) {
	return Addresses(t), nil
}

func canonical(texts ...string) []string {
	var all []string
	for _, text := range texts {
		if a, err := Address(text); err == nil {
			all = append(all, a)
		} else if d := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(text), ".")); IsDomain(d) {
			all = append(all, d)
		}
	}
	return entity.Union(all)
}

// IsDomain tells a domain name (at least two labels, RFC 1035 sizes, underscores allowed) from an address.
func IsDomain(element string) bool {
	labels := strings.Split(element, ".")
	if len(element) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !isLabel(l) {
			return false
		}
	}
	top := labels[len(labels)-1]
	return strings.Trim(top, "0123456789") != ""
}

func isLabel(l string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return l != "" && len(l) <= 63 && strings.Trim(l, allowed) == "" && l[0] != '-' && l[len(l)-1] != '-'
}
