package cli

import (
	"slices"

	"github.com/var-project/var/pkg/config"
)

// notNeeded says why a right is not needed with this configuration; empty when it is.
func notNeeded(c *config.Config, check string) string {
	kinds := []config.Rules{}
	if c.Hosts.Enabled {
		kinds = append(kinds, c.Hosts.Rules)
	}
	if c.Accounts.Enabled {
		kinds = append(kinds, c.Accounts.Rules)
	}
	some := func(uses func(config.Rules) bool) bool { return slices.ContainsFunc(kinds, uses) }
	switch {
	case check == "read hosts" && !c.Hosts.Enabled:
		return "hosts.enabled is false"
	case check == "read accounts" && !c.Accounts.Enabled:
		return "accounts.enabled is false"
	case check == "read detections" && !c.Detections.Enabled && !some(func(r config.Rules) bool { return len(r.DetectionTypes) > 0 }):
		return "detections.enabled is false and no rule asks for types of detections"
	case check == "read entities" && !rated(c) && !some(func(r config.Rules) bool { return r.Urgency != nil }):
		return "no rule asks for urgency"
	case check == "read groups" && len(namedGroups(c)) == 0:
		return "no rule names a group"
	}
	return ""
}

// rated reports that detections are blocked by the urgency of their host.
func rated(c *config.Config) bool { return c.Detections.Enabled && c.Detections.HostUrgency != nil }
