package lab

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// subjectOf is the table and key that an operation names: an address unless a user is given.
func (v *panVsys) subjectOf(c panChange) (*panTable, string) {
	if c.User != "" {
		return v.users, c.User
	}
	return v.addresses, c.IP
}

func panTagOp(p *PANOS, v *panVsys, c panChange) error {
	t, key := v.subjectOf(c)
	if key == "" {
		return errors.New("ip or user is needed")
	}
	for _, name := range c.Tags {
		if e := t.entries[key]; e != nil && e.tag(name) >= 0 {
			t.removeTag(e, e.tag(name))
		}
		tag := panTag{name: name, persistent: c.Persistent == nil || *c.Persistent}
		if c.Timeout > 0 {
			tag.expires = p.now().Add(time.Duration(c.Timeout) * time.Second)
		}
		t.add(key, tag)
	}
	return nil
}

// panUntagOp takes tags away, all of them when none is named.
func panUntagOp(_ *PANOS, v *panVsys, c panChange) error {
	t, key := v.subjectOf(c)
	e := t.entries[key]
	if e == nil {
		return fmt.Errorf("%q is not registered", key)
	}
	if len(c.Tags) == 0 {
		t.remove(key)
	}
	for _, name := range c.Tags {
		if i := e.tag(name); i >= 0 {
			t.removeTag(e, i)
		}
	}
	return nil
}

// panFillOp registers foreign addresses.
func panFillOp(p *PANOS, v *panVsys, c panChange) error {
	for i := range c.Count {
		c.IP = fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
		if err := panTagOp(p, v, c); err != nil {
			return err
		}
	}
	return nil
}

// setFilter configures a dynamic group, or deletes it when no filter is given.
func setFilter(groups map[string]string, c panChange) error {
	if c.Name == "" {
		return errors.New("name is needed")
	}
	if c.Filter == "" {
		delete(groups, c.Name)
		return nil
	}
	groups[c.Name] = c.Filter
	return nil
}

// panRuleOp puts a security rule in place of the one of its name, or at the end.
func panRuleOp(_ *PANOS, v *panVsys, c panChange) error {
	if c.Rule == nil || c.Rule.Name == "" {
		return errors.New("rule with a name is needed")
	}
	i := slices.IndexFunc(v.rules, func(r PANOSRule) bool { return r.Name == c.Rule.Name })
	if i < 0 {
		v.rules = append(v.rules, *c.Rule)
		return nil
	}
	v.rules[i] = *c.Rule
	return nil
}

func panAdvanceOp(p *PANOS, _ *panVsys, c panChange) error {
	p.ahead += time.Duration(c.Seconds) * time.Second
	return nil
}

// panHoldOp makes calls wait until release, so that several are being answered at one time.
func panHoldOp(p *PANOS, _ *panVsys, _ panChange) error {
	if p.held == nil {
		p.held = make(chan struct{})
	}
	return nil
}

func panReleaseOp(p *PANOS, _ *panVsys, _ panChange) error {
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
	return nil
}

func panSetOp(p *PANOS, _ *panVsys, c panChange) error {
	s := c.panSettings
	assign(&p.cfg.Version, s.Version)
	assign(&p.cfg.Capacity, s.Capacity)
	assign(&p.cfg.Concurrent, s.Concurrent)
	assign(&p.passive, s.Passive)
	assign(&p.refresh, s.Refresh)
	return nil
}

// panRightsOp changes the role of an administrator.
func panRightsOp(p *PANOS, _ *panVsys, c panChange) error {
	a, err := p.adminCalled(c.Admin)
	if err != nil {
		return err
	}
	assign(&a.NoUserID, c.NoUserID)
	assign(&a.NoOperations, c.NoOperations)
	return nil
}

// panKeyOp ends the old key of an administrator.
func panKeyOp(p *PANOS, _ *panVsys, c panChange) error {
	a, err := p.adminCalled(c.Admin)
	if err != nil {
		return err
	}
	a.Key = c.Key
	return nil
}

func (p *PANOS) adminCalled(name string) (*PANOSAdmin, error) {
	for i := range p.cfg.Admins {
		if name == "" || p.cfg.Admins[i].Name == name {
			return &p.cfg.Admins[i], nil
		}
	}
	return nil, fmt.Errorf("no administrator %q", name)
}
