package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// key is one element in its class: an (address, tag) or (user, tag) pair on a device.
type key struct {
	class entity.Class
	text  string
}

// needs is the release from which a device takes the key; zero is every release.
func (k key) needs() panos.Version {
	switch {
	case k.class == entity.ClassAccount:
		return panos.Users
	case strings.ContainsAny(k.text, "/-"):
		return panos.Networks
	}
	return panos.Version{}
}

var (
	errDomain = errors.New("PAN-OS cannot block domains by registration; serve them as an external dynamic list (EDL) of type domain or url")
	errIPv6   = errors.New("PAN-OS takes no IPv6 networks as registered addresses; serve them as an external dynamic list (EDL) of type ip")
)

// keyOf is the key of an element in canonical text. What no release can hold is class Unsupported,
// what is no element at all Permanent.
func keyOf(class entity.Class, text string) (key, error) {
	if class == entity.ClassAccount {
		return key{class, text}, nil
	}
	if canonical, ok := span(text); ok {
		return key{class, canonical}, nil
	}
	canonical, err := blocker.Address(text)
	switch {
	case err == nil && strings.Contains(canonical, "/") && strings.Contains(canonical, ":"):
		return key{}, &blocker.Error{Class: blocker.Unsupported, Element: text, Err: errIPv6}
	case err == nil:
		return key{class, canonical}, nil
	case blocker.IsDomain(strings.TrimSuffix(text, ".")):
		return key{}, &blocker.Error{Class: blocker.Unsupported, Element: text, Err: errDomain}
	}
	return key{}, &blocker.Error{Class: blocker.Permanent, Element: text, Err: fmt.Errorf("%w; nothing was sent", err)}
}

// span is the canonical form of an IPv4 range "a-b".
func span(text string) (string, bool) {
	first, last, ok := strings.Cut(text, "-")
	if !ok {
		return "", false
	}
	a, errA := netip.ParseAddr(strings.TrimSpace(first))
	b, errB := netip.ParseAddr(strings.TrimSpace(last))
	if errA != nil || errB != nil || !a.Is4() || !b.Is4() || b.Less(a) {
		return "", false
	}
	return a.String() + "-" + b.String(), true
}

// nameOf is how a device's name of an entry compares with keys, however the device writes it.
func nameOf(class entity.Class, text string) string {
	if class == entity.ClassAccount {
		return strings.ToLower(text)
	}
	if k, err := keyOf(class, text); err == nil {
		return k.text
	}
	return text
}
