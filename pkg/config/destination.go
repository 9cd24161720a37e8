package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"github.com/var-project/var/pkg/entity"
)

// The broadest networks that may be listed: what one registry hands out to one holder.
const (
	broadest4 = 8
	broadest6 = 19
)

// destination is one entry of the static list: a network (of one address, too) or a domain.
type destination struct {
	text     string
	prefix   netip.Prefix
	hostBits bool
}

var errNoDestination = errors.New("neither an address, a network nor a domain")

func parseDestination(entry string) (destination, error) {
	if len(entry) > maxLine {
		return destination{}, fmt.Errorf("longer than %d bytes", maxLine)
	}
	if a, err := netip.ParseAddr(entry); err == nil {
		return destinationOf(a, a.BitLen())
	}
	if p, err := netip.ParsePrefix(entry); err == nil {
		return destinationOf(p.Addr(), p.Bits())
	}
	if strings.ContainsAny(entry, "/:@ \t,;") {
		return destination{}, errNoDestination
	}
	ascii, err := idna.Lookup.ToASCII(entry)
	if err != nil {
		ascii = entry
	}
	domain, ok := entity.Domain(ascii)
	if !ok {
		return destination{}, errNoDestination
	}
	return destination{text: domain}, nil
}

func destinationOf(a netip.Addr, bits int) (destination, error) {
	if a.Zone() != "" {
		return destination{}, errors.New("an address with a zone means something on one machine only")
	}
	if a.Is4In6() && bits >= 96 {
		a, bits = a.Unmap(), bits-96
	}
	p := netip.PrefixFrom(a, bits)
	d := destination{text: p.Masked().String(), prefix: p.Masked(), hostBits: p.Masked() != p}
	if p.IsSingleIP() {
		d.text = a.String()
	}
	return d, nil
}

// refused says why a destination must not be blocked; nil when it may.
func (d destination) refused(permit []netip.Prefix) error {
	if !d.prefix.IsValid() {
		return nil
	}
	if err := tooBroad(d.prefix, broadest4, broadest6); err != nil {
		return err
	}
	if entity.PublicPrefix(d.prefix) || within(permit, d.prefix) {
		return nil
	}
	return errors.New("not public; to block it all the same, name its network in static.permit")
}

func tooBroad(p netip.Prefix, limit4, limit6 int) error {
	limit := limit4
	if p.Addr().Is6() {
		limit = limit6
	}
	if p.Bits() >= limit {
		return nil
	}
	return fmt.Errorf("broader than /%d; list the smaller networks that are meant", limit)
}

func within(permit []netip.Prefix, p netip.Prefix) bool {
	for _, allowed := range permit {
		if allowed.Bits() <= p.Bits() && allowed.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// Destination is the canonical form of what one line of the static list may name: an address or network that is
// public or inside a permitted one, or a domain.
func Destination(entry string, permit []netip.Prefix) (string, error) {
	d, err := parseDestination(strings.TrimSpace(entry))
	if err != nil {
		return "", err
	}
	return d.text, d.refused(permit)
}
