package lab

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var groupList = &listing[Group]{
	path:   "groups",
	rows:   func(c *brainCall) []*Group { return c.groups.rows },
	params: groupParams(),
	show:   showGroup,
	preset: func(c *brainCall) func(*Group) bool {
		types := groupTypes(c.version)
		return func(g *Group) bool { return slices.Contains(types, g.Type) }
	},
}

// groupTypes are the types of group that a version knows.
func groupTypes(v apiVersion) []string {
	switch {
	case v.rux() && !v.since(never, 3):
		return []string{"account"}
	case !v.since(4, 0):
		return []string{"host", "ip", "domain"}
	default:
		return []string{"host", "account", "ip", "domain"}
	}
}

func groupParams() map[string]param[Group] {
	return map[string]param[Group]{
		"name":                    contains(everywhere, func(g *Group) string { return g.Name }),
		"description":             contains(everywhere, func(g *Group) string { return g.Description }),
		"type":                    exact(everywhere, func(g *Group) string { return g.Type }),
		"last_modified_by":        exact(everywhere, func(g *Group) string { return g.ModifiedBy }),
		"last_modified_timestamp": since(everywhere, func(g *Group) time.Time { return g.Modified }),
		"importance":              exact(from(4, 2), func(g *Group) string { return g.Importance }),
		"host_ids":                {from(0, 3), havingMember("host", asIs)},
		"host_names":              {from(0, never), havingMember("host", hostName)},
		"domains":                 {from(0, never), havingMember("domain", asIs)},
		"ips":                     {from(4, never), havingMember("ip", asIs)},
		"account_ids":             {from(4, 2), havingMember("account", accountID)},
		"account_names":           {from(4, 2), havingMember("account", asIs)},
		"membership_action":       ignored[Group](from(4, never)),
		"is_regex":                truth(from(never, 4), func(g *Group) bool { return g.Regex != "" }),
		"include_members":         ignored[Group](from(never, 4)),

		"is_membership_evaluation_ongoing": truth(from(never, 4), func(g *Group) bool { return g.Evaluating }),
	}
}

// havingMember is met by a group of the type that holds one of a comma list of members, each told by key.
func havingMember(kind string, key func(c *brainCall, member string) string) func(*brainCall, string) (func(*Group) bool, bool) {
	return func(c *brainCall, value string) (func(*Group) bool, bool) {
		wanted := strings.Split(value, ",")
		return func(g *Group) bool {
			return g.Type == kind && slices.ContainsFunc(c.members[g.ID], func(m string) bool {
				return slices.Contains(wanted, key(c, m))
			})
		}, true
	}
}

func asIs(_ *brainCall, member string) string { return member }

func hostName(c *brainCall, member string) string {
	if h := c.hostMember(member); h != nil {
		return h.Name
	}
	return ""
}

func accountID(c *brainCall, member string) string {
	if a := c.uid[member]; a != nil {
		return strconv.Itoa(a.ID)
	}
	return ""
}

func (c *brainCall) hostMember(member string) *Host {
	id, err := strconv.Atoi(member)
	if err != nil {
		return nil
	}
	return c.hosts.byID[id]
}

func showGroup(c *brainCall, g *Group) jsonObject {
	out := jsonObject{
		{"id", g.ID},
		{"name", g.Name},
		{"description", g.Description},
		{"last_modified", whole(g.Modified)},
		{"last_modified_by", g.ModifiedBy},
		{"type", g.Type},
		{"importance", g.Importance},
	}
	if g.Type == "ip" || g.Type == "domain" {
		out = append(out, jsonMember{"cognito_managed", g.Managed})
	}
	if with, ok := parseTruth(c.query.Get("include_members")); !ok || with || !c.version.since(never, 4) {
		members := c.members[g.ID]
		out = append(out, jsonMember{"members", showMembers(c, g, members[:min(len(members), embeddedMembers)])})
	}
	if g.Regex != "" && c.version.since(5, 4) {
		out = append(out, jsonMember{"regex", g.Regex}, jsonMember{"is_membership_evaluation_ongoing", g.Evaluating})
	}
	return append(out, jsonMember{"rules", []jsonObject{}})
}

func showMembers(c *brainCall, g *Group, members []string) []any {
	out := make([]any, 0, len(members))
	for _, m := range members {
		switch g.Type {
		case "host":
			if h := c.hostMember(m); h != nil {
				out = append(out, jsonObject{
					{"id", h.ID}, {"name", h.Name}, {"is_key_asset", h.KeyAsset}, {"url", c.link("hosts", h.ID)},
				})
			}
		case "account":
			out = append(out, accountMember(c, m))
		default:
			out = append(out, m)
		}
	}
	return out
}

// accountMember is {uid} until 3.3; 3.4 is read by id.
func accountMember(c *brainCall, uid string) jsonObject {
	a := c.uid[uid]
	switch {
	case a == nil || c.quirks.MembersByUID:
		return jsonObject{{"uid", uid}}
	case c.quirks.MembersByID:
		return jsonObject{{"id", a.ID}, {"name", a.Name}}
	case c.version.since(never, 4):
		return jsonObject{{"id", a.ID}, {"uid", uid}, {"name", a.Name}}
	default:
		return jsonObject{{"uid", uid}}
	}
}

func serveGroups(b *Brain, c *brainCall) brainAnswer {
	if !c.quirks.BareGroups {
		return groupList.serve(b, c)
	}
	tests, refusal := groupList.tests(c)
	if refusal != nil {
		return *refusal
	}
	shown := []jsonObject{}
	for _, g := range groupList.chosen(c, tests) {
		shown = append(shown, showGroup(c, g))
	}
	return brainAnswer{http.StatusOK, shown}
}

func serveGroup(_ *Brain, c *brainCall) brainAnswer {
	g := c.groups.byID[c.ids[0]]
	if g == nil {
		return notFound()
	}
	return brainAnswer{http.StatusOK, showGroup(c, g)}
}

// serveMembers lists all members of a group, beyond what the group itself shows.
func serveMembers(_ *Brain, c *brainCall) brainAnswer {
	g := c.groups.byID[c.ids[0]]
	if g == nil || c.quirks.NoMemberRoute {
		return notFound()
	}
	w, refusal := windowOf(c)
	if refusal != nil {
		return *refusal
	}
	members := c.members[g.ID]
	start, end := w.bounds(len(members))
	if w.page > 1 && start >= len(members) {
		return invalidPage(c, w.page)
	}
	return paged(c, w, len(members), showMembers(c, g, members[start:end]))
}
