package panos

import (
	"context"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
)

// Group is a dynamic address group or a dynamic user group.
type Group struct{ Name, Filter string }

type addressGroup struct {
	Vsys   string `xml:"vsys"`
	Name   string `xml:"group-name"`
	Filter string `xml:"filter"`
}

type userGroup struct {
	Name   string `xml:"name,attr"`
	Filter string `xml:"filter"`
}

// Matches reports that the filter names the tag. A filter that asks for more tags besides may
// still leave an entry out.
func (g Group) Matches(tag string) bool {
	f := strings.TrimSpace(g.Filter)
	return f == tag || strings.Contains(f, "'"+tag+"'") || strings.Contains(f, `"`+tag+`"`)
}

type showGroups struct {
	XMLName xml.Name `xml:"show"`
	All     struct{} `xml:"object>dynamic-address-group>all"`
}

// AddressGroups lists the dynamic address groups of the vsys that the device enforces, those
// pushed by a Panorama too (seen: two projects that read the reply).
func (e *Endpoint) AddressGroups(ctx context.Context) ([]Group, error) {
	a, err := e.show(ctx, showGroups{})
	if err != nil {
		return nil, err
	}
	var groups []Group
	for _, g := range a.Result.AddressGroups {
		if g.Vsys == "" || e.Vsys == "" || g.Vsys == e.Vsys || g.Vsys == "shared" {
			groups = append(groups, Group{g.Name, g.Filter})
		}
	}
	return groups, nil
}

// UserGroups lists the dynamic user groups configured on the device itself.
func (e *Endpoint) UserGroups(ctx context.Context) ([]Group, error) {
	a, err := e.config(ctx, "dynamic-user-group")
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(a.Result.UserGroups))
	for i, g := range a.Result.UserGroups {
		groups[i] = Group(g)
	}
	return groups, nil
}

// Rule is a rule of the security policy, as it is configured on the device itself.
type Rule struct {
	Name        string   `xml:"name,attr"`
	Action      string   `xml:"action"`
	Disabled    string   `xml:"disabled"`
	Source      []string `xml:"source>member"`
	Destination []string `xml:"destination>member"`
	User        []string `xml:"source-user>member"`
}

// Denies reports that the rule is enabled and refuses what it matches.
func (r Rule) Denies() bool {
	return r.Disabled != "yes" && (r.Action == "deny" || r.Action == "drop" || strings.HasPrefix(r.Action, "reset-"))
}

// Uses reports that the rule names the group as source, destination or user.
func (r Rule) Uses(group string) bool {
	return slices.Contains(slices.Concat(r.Source, r.Destination, r.User), group)
}

// Rules lists the rules configured on the device itself; those pushed by a Panorama are not among them.
func (e *Endpoint) Rules(ctx context.Context) ([]Rule, error) {
	a, err := e.config(ctx, "rulebase/security/rules")
	if err != nil {
		return nil, err
	}
	return a.Result.Rules, nil
}

// config reads one part of the vsys' running configuration; it needs the right Configuration.
func (e *Endpoint) config(ctx context.Context, part string) (*answer, error) {
	vsys := e.Vsys
	if vsys == "" {
		vsys = "vsys1"
	}
	xpath := "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='" + vsys + "']/" + part
	return e.ask(ctx, url.Values{"type": {"config"}, "action": {"show"}, "xpath": {xpath}})
}
