package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// validate finds what no single key tells: settings that contradict each other.
func (s settings) validate() error {
	return errors.Join(s.validateMode(), s.validateGroups(), s.validateExpiry())
}

// validateMode refuses a mode without what it needs, and settings that another mode would obey.
func (s settings) validateMode() error {
	grouped := s.InternalGroup + s.ExternalGroup + s.InternalGroup6 + s.ExternalGroup6
	switch {
	case s.Mode == modeGroup && s.InternalGroup+s.ExternalGroup == "":
		return errors.New("mode address-group needs internal_group, external_group or both")
	case s.Mode == modeFeed && s.Feed == "":
		return errors.New("mode feed needs feed, the name of the external resource")
	case s.Mode != modeGroup && grouped != "":
		return fmt.Errorf("mode %s uses no groups: remove internal_group and external_group, or set mode = %q", s.Mode, modeGroup)
	case s.Mode != modeFeed && s.Feed != "":
		return fmt.Errorf("mode %s uses no feed: remove feed, or set mode = %q", s.Mode, modeFeed)
	}
	return nil
}

// validateGroups refuses two classes in one group: the release of one would lift the other's block.
func (s settings) validateGroups() error {
	if (s.InternalGroup6 != "" && s.InternalGroup == "") || (s.ExternalGroup6 != "" && s.ExternalGroup == "") {
		return errors.New("a group for IPv6 needs the one for IPv4 beside it")
	}
	groups := s.groups()
	source, destination := groups[entity.ClassSource], groups[entity.ClassDestination]
	if len(groups) < 2 {
		return nil
	}
	for _, name := range []string{source.Four, source.SixOrDefault()} {
		if name == destination.Four || name == destination.SixOrDefault() {
			return fmt.Errorf("group %q is for hosts and for destinations: each needs a group of its own", name)
		}
	}
	return nil
}

func (s settings) validateExpiry() error {
	if s.Expiry%time.Second != 0 || (s.Expiry > 0 && s.Expiry < time.Minute) {
		return fmt.Errorf("expiry %s must be whole seconds and at least a minute, or 0", s.Expiry)
	}
	return nil
}

// validateKinds refuses kinds that these settings cannot block.
func (s settings) validateKinds(wanted []entity.Kind) error {
	can := s.kinds()
	for _, k := range wanted {
		if !slices.Contains(can, k) {
			return fmt.Errorf("mode %s with these settings blocks %v, not %s: change kinds or the settings", s.Mode, can, k)
		}
	}
	return nil
}
