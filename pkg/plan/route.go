package plan

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// routePrefix begins a routing tag: "client:<name>" restricts an entity to that blocker.
const routePrefix = "client:"

// routes are the names in a target's routing tags.
func routes(tags []string) []string {
	var names []string
	for _, tag := range tags {
		if len(tag) > len(routePrefix) && strings.EqualFold(tag[:len(routePrefix)], routePrefix) {
			names = append(names, strings.TrimSpace(tag[len(routePrefix):]))
		}
	}
	return names
}

// routed reports whether a target with these tags goes to the blocker: by instance name, plugin
// name or alias, without regard to case. Without routing tags it goes to all.
func routed(tags []string, b *blocker) bool {
	wanted := routes(tags)
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(name string) bool { return answersTo(b, name) })
}

func answersTo(b *blocker, name string) bool {
	is := func(own string) bool {
		return strings.EqualFold(own, name)
	}
	return is(b.Name) || is(b.Plugin) || slices.ContainsFunc(b.Aliases, is)
}

// sameAddresses reports that two copies of a target give a blocker the same things to block.
func sameAddresses(a, b entity.Target) bool {
	return slices.Equal(addresses(a), addresses(b))
}

func addresses(t entity.Target) []string {
	switch {
	case t.Host != nil:
		return append([]string{t.Host.IP, t.Name}, entity.Union(t.Host.MACs)...)
	case t.Account != nil:
		return []string{t.Account.UID, t.Account.SAM(), t.Account.LDAP.UPN, t.Account.Context}
	}
	return entity.Union(t.Destinations())
}
