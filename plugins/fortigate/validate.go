package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// Validate finds what no single key tells: settings that contradict each other.
func (s settings) Validate() []error {
	return slices.Concat(s.validateMode(), s.validateGroups(), s.validateExpiry(), s.validateDevices())
}

// validateDevices refuses an address that is none, and one VDOM that stands twice: each of the two
// would fill nested groups without knowing of the other.
func (s settings) validateDevices() []error {
	var errs []error
	seen := map[string]bool{}
	for i, d := range s.Device {
		path := fmt.Sprintf("device[%d].url", i)
		if _, err := fortios.New(nil, d.URL, d.VDOM, d.Token, 1); err != nil {
			errs = append(errs, at(path, "%s", err))
			continue
		}
		place := strings.ToLower(strings.TrimRight(d.URL, "/")) + " " + d.VDOM
		if seen[place] {
			errs = append(errs, at(path, "VDOM %q of this address is another device's already", d.VDOM))
		}
		seen[place] = true
	}
	return errs
}

func at(path, format string, args ...any) error {
	return &blocker.FieldError{Path: path, Msg: fmt.Sprintf(format, args...)}
}

// validateMode refuses a mode without what it needs.
func (s settings) validateMode() []error {
	switch {
	case s.Mode == modeGroup && s.InternalGroup+s.ExternalGroup == "":
		return []error{at("mode", "address-group needs internal_group, external_group or both")}
	case s.Mode == modeFeed && s.Feed == "":
		return []error{at("mode", "feed needs the setting feed, the name of the external resource")}
	}
	return nil
}

// validateGroups refuses two classes in one group: the release of one would lift the other's block.
func (s settings) validateGroups() []error {
	if s.Mode != modeGroup {
		return nil
	}
	var errs []error
	for _, pair := range []struct{ key, four, six string }{
		{"internal_group6", s.InternalGroup, s.InternalGroup6}, {"external_group6", s.ExternalGroup, s.ExternalGroup6},
	} {
		if pair.four == "" && pair.six != "" {
			errs = append(errs, at(pair.key, "the group for IPv6 needs the one for IPv4 beside it"))
		}
	}
	groups := s.groups()
	source, destination := groups[entity.ClassSource], groups[entity.ClassDestination]
	if len(groups) < 2 {
		return errs
	}
	for _, name := range []string{source.Four, source.SixOrDefault()} {
		if strings.EqualFold(name, destination.Four) || strings.EqualFold(name, destination.SixOrDefault()) {
			errs = append(errs, at("internal_group", "group %q is for hosts and for destinations: each needs a group of its own", name))
		}
	}
	return errs
}

func (s settings) validateExpiry() []error {
	if s.Expiry%time.Second != 0 || (s.Expiry > 0 && s.Expiry < time.Minute) {
		return []error{at("expiry", "%s must be whole seconds and at least a minute, or 0", s.Expiry)}
	}
	return nil
}

// validateKinds refuses kinds that these settings cannot block. All kinds of the plugin are what
// the host asks for when the operator chose none.
func (s settings) validateKinds(wanted []entity.Kind) error {
	can := s.kinds()
	if slices.Equal(wanted, allKinds) {
		return nil
	}
	for _, k := range wanted {
		if !slices.Contains(can, k) {
			return fmt.Errorf("mode %s with these settings blocks %v, not %s: change kinds or the settings", s.Mode, can, k)
		}
	}
	return nil
}
