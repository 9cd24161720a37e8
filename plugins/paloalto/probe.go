package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// Probe asks each firewall whether it can be reached and written, and whether a block would take
// effect. What the role may not read is told as not checked, for blocking does not need it.
func (b *paloalto) Probe(ctx context.Context) []blocker.DeviceReport {
	return blocker.ProbeOn(ctx, b.firewalls, func(ctx context.Context, f *firewall) []blocker.Check {
		return f.probe(ctx, b.classes())
	})
}

// classes are those of the kinds that the operator wants.
func (b *paloalto) classes() []entity.Class {
	kinds := b.kinds
	if len(kinds) == 0 {
		kinds = entity.Kinds()
	}
	var all []entity.Class
	for _, k := range kinds {
		if !slices.Contains(all, k.Class()) {
			all = append(all, k.Class())
		}
	}
	return all
}

func (f *firewall) probe(ctx context.Context, classes []entity.Class) []blocker.Check {
	login, v := f.probeLogin(ctx)
	if login.Err != nil {
		return []blocker.Check{login}
	}
	checks := []blocker.Check{login, f.probeRoom(ctx), f.probeRight(ctx)}
	if f.timeout > 0 && !v.AtLeast(panos.Timeouts) {
		err := fmt.Errorf("PAN-OS %s ignores timeouts; %s obeys them", v, panos.Timeouts)
		checks = append(checks, blocker.Check{Name: "timeout", Err: &blocker.Error{Class: blocker.Unsupported, Err: err}})
	}
	policy := f.readPolicy(ctx)
	for _, class := range classes {
		checks = append(checks, f.probeClass(policy, class, v)...)
	}
	return checks
}

func (f *firewall) probeLogin(ctx context.Context) (blocker.Check, panos.Version) {
	c := blocker.Check{Name: "login"}
	system, err := f.api.System(ctx)
	if err != nil {
		c.Err = err
		return c, panos.Version{}
	}
	c.Detail = fmt.Sprintf("%s, PAN-OS %s, serial %s", system.Model, system.Version, system.Serial)
	if strings.EqualFold(system.Model, "panorama") || strings.HasPrefix(system.Model, "M-") {
		c.Detail += "; this is a Panorama without target: what it registers reaches firewalls only by User-ID redistribution"
	}
	v, err := f.version(ctx)
	if err != nil {
		v, c.Err = panos.Version{}, err
	}
	return c, v
}

func (f *firewall) probeRoom(ctx context.Context) blocker.Check {
	c := blocker.Check{Name: "capacity"}
	count, err := f.api.CountAddresses(ctx)
	switch {
	case err != nil:
		c.Err = err
	case count >= f.capacity:
		c.Err = &blocker.Error{Class: blocker.Capacity, Err: fmt.Errorf("%d addresses are registered, capacity allows %d", count, f.capacity)}
	default:
		c.Detail = fmt.Sprintf("%d of %d addresses registered", count, f.capacity)
	}
	return c
}

// probeRight sends a message that asks for nothing: a role without the right to register is
// refused, everybody else changes nothing.
func (f *firewall) probeRight(ctx context.Context) blocker.Check {
	c := blocker.Check{Name: "register"}
	_, err := f.api.Update(ctx, panos.Message{})
	switch class := blocker.ClassOf(err); {
	case err == nil:
		c.Detail = "the role may register"
	case class == blocker.Permanent:
		c.Detail = "not checked: " + err.Error()
	default:
		c.Err = err
	}
	return c
}

// policy is what the role may read of groups and rules; each part has its own error.
type policy struct {
	addresses, users             []panos.Group
	rules                        []panos.Rule
	noAddresses, noUsers, noRule error
}

func (f *firewall) readPolicy(ctx context.Context) policy {
	var p policy
	p.addresses, p.noAddresses = f.api.AddressGroups(ctx)
	p.users, p.noUsers = f.api.UserGroups(ctx)
	p.rules, p.noRule = f.api.Rules(ctx)
	return p
}

func (p policy) groups(class entity.Class) ([]panos.Group, error) {
	if class == entity.ClassAccount {
		return p.users, p.noUsers
	}
	return p.addresses, p.noAddresses
}

// probeClass asks whether a group matches the tag of the class and a deny rule uses the group.
func (f *firewall) probeClass(p policy, class entity.Class, v panos.Version) []blocker.Check {
	name := string(class) + " tag " + f.tags[class]
	group := blocker.Check{Name: name + ": group"}
	if class == entity.ClassAccount && !v.AtLeast(panos.Users) {
		err := fmt.Errorf("PAN-OS %s has no dynamic user groups; %s has", v, panos.Users)
		group.Err = &blocker.Error{Class: blocker.Unsupported, Err: err}
		return []blocker.Check{group}
	}
	groups, err := p.groups(class)
	matching := matchingGroups(groups, f.tags[class])
	switch {
	case err != nil:
		group.Detail = "not checked: " + err.Error()
	case len(matching) == 0:
		group.Err = &blocker.Error{Class: blocker.Permanent, Err: noGroup(class)}
	default:
		group.Detail = "matched by " + strings.Join(matching, ", ")
	}
	if len(matching) == 0 {
		return []blocker.Check{group}
	}
	return []blocker.Check{group, p.probeRule(name+": rule", matching)}
}

func noGroup(class entity.Class) error {
	if class == entity.ClassAccount {
		return errors.New("no dynamic user group matches the tag: blocks have no effect, unless a Panorama pushes a group, which is not visible here")
	}
	return errors.New("no dynamic address group matches the tag: blocks have no effect")
}

func matchingGroups(groups []panos.Group, tag string) []string {
	var names []string
	for _, g := range groups {
		if g.Matches(tag) {
			names = append(names, g.Name)
		}
	}
	return names
}

// probeRule looks for an enabled deny rule that uses one of the groups.
func (p policy) probeRule(name string, groups []string) blocker.Check {
	c := blocker.Check{Name: name}
	var rules []string
	for _, r := range p.rules {
		if r.Denies() && slices.ContainsFunc(groups, r.Uses) {
			rules = append(rules, r.Name)
		}
	}
	switch {
	case p.noRule != nil:
		c.Detail = "not checked: " + p.noRule.Error()
	case len(rules) == 0:
		err := errors.New("no enabled deny rule uses the group: blocks have no effect, unless a Panorama pushes a rule, which is not visible here")
		c.Err = &blocker.Error{Class: blocker.Permanent, Err: err}
	default:
		c.Detail = "denied by " + strings.Join(rules, ", ")
	}
	return c
}
