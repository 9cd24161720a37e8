package lab

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

// groupWrite is the body of a create or an update. What is not there stays as it is.
type groupWrite struct {
	Name        *string            `json:"name"`
	Description *string            `json:"description"`
	Type        string             `json:"type"`
	Importance  *string            `json:"importance"`
	Members     *[]json.RawMessage `json:"members"`
	Regex       *string            `json:"regex"`
}

func createGroup(b *Brain, c *brainCall) brainAnswer {
	var in groupWrite
	if json.Unmarshal(c.body, &in) != nil || in.Name == nil || *in.Name == "" {
		return badValue("name")
	}
	if !slices.Contains(groupTypes(c.version), in.Type) {
		return badValue("type")
	}
	if c.namedGroup(*in.Name, in.Type, 0) {
		return groupExists()
	}
	g := Group{ID: c.groups.nextID(), Type: in.Type, Importance: "medium"}
	if refusal := in.apply(b, c, &g); refusal != nil {
		return *refusal
	}
	c.groups.put(g)
	b.reindexNow()
	return brainAnswer{http.StatusCreated, showGroup(c, c.groups.byID[g.ID])}
}

// patchGroup replaces what is named, members as a whole.
func patchGroup(b *Brain, c *brainCall) brainAnswer {
	g := c.groups.byID[c.ids[0]]
	if g == nil {
		return notFound()
	}
	var in groupWrite
	if json.Unmarshal(c.body, &in) != nil {
		return badValue("body")
	}
	if in.Name != nil && c.namedGroup(*in.Name, g.Type, g.ID) {
		return groupExists()
	}
	if refusal := in.apply(b, c, g); refusal != nil {
		return *refusal
	}
	b.reindexNow()
	return brainAnswer{http.StatusOK, showGroup(c, g)}
}

func deleteGroup(b *Brain, c *brainCall) brainAnswer {
	if !c.groups.drop(c.ids[0]) {
		return notFound()
	}
	b.reindexNow()
	return brainAnswer{status: http.StatusNoContent}
}

// reindexNow is for writers that hold the lock.
func (b *Brain) reindexNow() {
	b.estate.edition++
	b.estate.stale = true
	b.estate.reindex()
}

func groupExists() brainAnswer {
	return detail(http.StatusConflict, "A group with this name already exists.")
}

func (c *brainCall) namedGroup(name, kind string, except int) bool {
	return slices.ContainsFunc(c.groups.rows, func(g *Group) bool {
		return g.Name == name && g.Type == kind && g.ID != except
	})
}

// apply changes g only when the whole of the body is good.
func (in *groupWrite) apply(b *Brain, c *brainCall, g *Group) *brainAnswer {
	next := g.clone()
	if in.Members != nil {
		members, ok := c.readMembers(g.Type, *in.Members)
		if !ok {
			bad := badValue("members")
			return &bad
		}
		next.Members, next.Regex = members, ""
	}
	if in.Regex != nil && *in.Regex != "" {
		if _, err := regexp.Compile(*in.Regex); err != nil || g.Type != "host" && g.Type != "account" || !c.version.since(5, 4) {
			bad := badValue("regex")
			return &bad
		}
		next.Members, next.Regex = nil, *in.Regex
	}
	set(&next.Name, in.Name)
	set(&next.Description, in.Description)
	set(&next.Importance, in.Importance)
	next.Modified, next.ModifiedBy = b.now(), b.author()
	*g = next
	return nil
}

func set(field *string, value *string) {
	if value != nil {
		*field = *value
	}
}

// readMembers takes numbers and texts, also {id} and {uid} objects as groups show them. Empty texts are no members.
func (c *brainCall) readMembers(kind string, raw []json.RawMessage) ([]string, bool) {
	out := []string{}
	for _, one := range raw {
		member, ok := c.readMember(kind, one)
		if !ok {
			return nil, false
		}
		if member != "" && !slices.Contains(out, member) {
			out = append(out, member)
		}
	}
	return out, true
}

func (c *brainCall) readMember(kind string, raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, kind != "host" || text == "" || c.hostMember(text) != nil
	}
	var id int
	if json.Unmarshal(raw, &id) != nil {
		var object struct {
			ID  int    `json:"id"`
			UID string `json:"uid"`
		}
		if json.Unmarshal(raw, &object) != nil {
			return "", false
		}
		if object.UID != "" {
			return object.UID, kind == "account"
		}
		id = object.ID
	}
	return c.memberByID(kind, id)
}

func (c *brainCall) memberByID(kind string, id int) (string, bool) {
	switch kind {
	case "host":
		return strconv.Itoa(id), c.hosts.byID[id] != nil
	case "account":
		if a := c.accounts.byID[id]; a != nil {
			return a.Name, true
		}
	}
	return "", false
}
