package vectra

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// embeddedMembers is how many members a group shows at most when groups are listed.
const embeddedMembers = 2000

// groupWire is a group; members are absent where the brain did not embed them.
type groupWire struct {
	ID         text
	Name       text
	Type       text
	Members    *rowList `json:"members"`
	Evaluating flag     `json:"is_membership_evaluation_ongoing"`
}

// Group reads all members of the groups of hosts or accounts that have exactly this name.
// ErrNoGroup says that there is none, ErrIncomplete that its membership cannot be known in
// full: a group is never answered in part.
func (c *Console) Group(ctx context.Context, kind entity.Kind, name string) (entity.Members, error) {
	if err := c.grouped(kind); err != nil {
		return entity.Members{}, err
	}
	found, others, err := c.groups(ctx, kind, name)
	if err != nil {
		return entity.Members{}, err
	}
	if len(found) == 0 {
		return entity.Members{}, problem(entity.Permanent, "group %q of type %s: %w%s", name, kind, ErrNoGroup, similar(name, others))
	}
	all := entity.Members{IDs: map[string]bool{}, UIDs: map[string]bool{}}
	for _, g := range found {
		if err := c.gather(ctx, g, all); err != nil {
			return entity.Members{}, err
		}
	}
	return all, nil
}

// grouped refuses kinds that have no groups in this version.
func (c *Console) grouped(kind entity.Kind) error {
	if kind == entity.KindHost && c.api.since(0, 3) || kind == entity.KindAccount && c.api.since(4, 2) {
		return nil
	}
	return problem(entity.Unsupported, "api %s has no groups of %ss", c.api.text, kind)
}

// groups asks by name, which the brain matches loosely: a name that contains it, in any case,
// is answered too.
func (c *Console) groups(ctx context.Context, kind entity.Kind, name string) (found []groupWire, others []string, err error) {
	query := url.Values{"name": {name}, "type": {string(kind)}, "page_size": {strconv.Itoa(pageSize)}}
	if c.api.since(never, 4) {
		query.Set("include_members", "true")
	}
	w := walk{c: c, path: c.path("groups"), query: query, strict: true, fold: func(rows []json.RawMessage) error {
		for _, row := range rows {
			var g groupWire
			if err := unmarshal(row, &g); err != nil {
				return problem(entity.Transient, "group of the brain: %w: %w", err, ErrIncomplete)
			}
			switch {
			case g.Type != "" && string(g.Type) != string(kind):
			case string(g.Name) == name:
				g.Type = text(kind)
				found = append(found, g)
			default:
				others = append(others, string(g.Name))
			}
		}
		return nil
	}}
	return found, others, w.run(ctx)
}

// similar helps with a name that was mistyped.
func similar(name string, others []string) string {
	for _, o := range others {
		if strings.EqualFold(strings.TrimSpace(o), strings.TrimSpace(name)) {
			return "; there is " + strconv.Quote(o) + ": names are compared exactly"
		}
	}
	return ""
}

// gather adds the members of one group, from the member route when the group does not show
// them all.
func (c *Console) gather(ctx context.Context, g groupWire, all entity.Members) error {
	if g.Evaluating {
		return problem(entity.Transient, "group %q: the brain is still working out its members: %w", g.Name, ErrIncomplete)
	}
	if g.Members != nil && len(*g.Members) < embeddedMembers {
		return addMembers(g, *g.Members, all)
	}
	if !c.api.since(5, 3) {
		return c.hidden(g, nil)
	}
	id, ok := identifier(g.ID)
	if !ok {
		return problem(entity.Transient, "group %q: %w: %w", g.Name, errNoID, ErrIncomplete)
	}
	w := walk{
		c: c, path: c.path("groups/" + id + "/members"), query: url.Values{"page_size": {strconv.Itoa(pageSize)}}, strict: true,
		fold: func(rows []json.RawMessage) error { return addMembers(g, rows, all) },
	}
	err := w.run(ctx)
	if hasStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed) {
		return c.hidden(g, err)
	}
	return err
}

// hidden is a group that has more members than it shows, on a brain that cannot list them.
func (c *Console) hidden(g groupWire, err error) error {
	shown := 0
	if g.Members != nil {
		shown = len(*g.Members)
	}
	return problem(entity.Permanent,
		"group %q shows %d members and there may be more, which this brain cannot list: %w (appliances list members since release 9.2 with api 2.5; else split the group)",
		g.Name, shown, errors.Join(ErrIncomplete, err))
}

// addMembers takes members in every form. One that cannot be read makes the group
// incomplete: it might be the one that must not be blocked.
func addMembers(g groupWire, rows []json.RawMessage, all entity.Members) error {
	for _, row := range rows {
		id, uid := member(g.Type, row)
		if id == "" && uid == "" {
			return problem(entity.Transient, "group %q: a member is neither id nor uid: %w", g.Name, ErrIncomplete)
		}
		if id != "" {
			all.IDs[id] = true
		}
		if uid != "" {
			all.UIDs[uid] = true
		}
	}
	return nil
}

// member reads {id, name} of a host, {id, uid, name} of an account with some of them
// missing, a bare id, or a bare uid. A host's name is not unique: it is no uid.
func member(kind text, row json.RawMessage) (id, uid string) {
	var m struct{ ID, UID, Name text }
	switch {
	case len(row) > 0 && row[0] == '{':
		if unmarshal(row, &m) != nil {
			return "", ""
		}
	case len(row) > 0 && row[0] == '"' && kind == text(entity.KindAccount):
		_ = m.UID.UnmarshalJSON(row)
	case len(row) > 0:
		_ = m.ID.UnmarshalJSON(row)
	}
	id, _ = identifier(m.ID)
	if kind == text(entity.KindAccount) {
		uid = string(cmp.Or(m.UID, m.Name))
	}
	return id, uid
}
