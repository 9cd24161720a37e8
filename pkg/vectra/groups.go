package vectra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra/internal/jsonscan"
)

// embeddedMembers is how many members a group shows at most when groups are listed.
const embeddedMembers = 2000

// groupRow is a group.
type groupRow struct {
	id, name string
	// kind is empty where the brain does not say.
	kind       entity.Kind
	evaluating bool
	// shown: the brain embedded members.
	shown   bool
	members []member
}

// member is known by its id, by its uid, or by both.
type member struct{ id, uid string }

func (r *reader) group(kind entity.Kind) (g groupRow, err error) {
	for key := range r.Keys() {
		switch string(key) {
		case "id":
			g.id = r.string()
		case "name":
			g.name = r.string()
		case "type":
			g.kind = entity.Kind(r.word(r.text()))
		case "is_membership_evaluation_ongoing":
			g.evaluating = r.flag()
		case "members":
			if g.shown = r.Kind() != jsonscan.Null; g.shown && r.Kind() != jsonscan.Array {
				err = errRows
			}
			g.members = nil
			for range r.Items() {
				g.members = append(g.members, r.member(kind))
			}
		}
	}
	return g, err
}

// member reads {id, name} of a host, {id, uid, name} of an account with some of them
// missing, a bare id, or a bare uid. A host's name is not unique: it is no uid.
func (r *reader) member(kind entity.Kind) member {
	var id, uid, name text
	switch {
	case r.Kind() == jsonscan.String && kind == entity.KindAccount:
		uid = r.text()
	case r.Kind() != jsonscan.Object:
		id = r.text()
	default:
		for key := range r.Keys() {
			switch string(key) {
			case "id":
				id = r.text()
			case "uid":
				uid = r.text()
			case "name":
				name = r.text()
			}
		}
	}
	id, _ = identifier(id)
	m := member{id: string(id)}
	if kind == entity.KindAccount {
		m.uid = string(either(uid, name))
	}
	return m
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
		if err := c.gather(ctx, kind, g, all); err != nil {
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
func (c *Console) groups(ctx context.Context, kind entity.Kind, name string) (found []groupRow, others []string, err error) {
	query := url.Values{"name": {name}, "type": {string(kind)}, "page_size": {strconv.Itoa(pageSize)}}
	if c.api.since(never, 4) {
		query.Set("include_members", "true")
	}
	w := walk[groupRow]{c: c, path: c.path("groups"), query: query, strict: true}
	w.read = func(r *reader) (groupRow, string, error) {
		g, err := r.group(kind)
		if err != nil {
			err = fmt.Errorf("group of the brain: %w: %w", err, ErrIncomplete)
		}
		return g, g.id, err
	}
	w.fold = func(rows []groupRow) error {
		for _, g := range rows {
			switch {
			case g.kind != "" && g.kind != kind:
			case g.name == name:
				found = append(found, g)
			default:
				others = append(others, g.name)
			}
		}
		return nil
	}
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
func (c *Console) gather(ctx context.Context, kind entity.Kind, g groupRow, all entity.Members) error {
	if g.evaluating {
		return problem(entity.Transient, "group %q: the brain is still working out its members: %w", g.name, ErrIncomplete)
	}
	if g.shown && len(g.members) < embeddedMembers {
		return addMembers(g, g.members, all)
	}
	if !c.api.since(5, 3) {
		return c.hidden(g, nil)
	}
	id, ok := identifier(text(g.id))
	if !ok {
		return problem(entity.Transient, "group %q: %w: %w", g.name, errNoID, ErrIncomplete)
	}
	w := walk[member]{
		c: c, path: c.path("groups/" + string(id) + "/members"), query: url.Values{"page_size": {strconv.Itoa(pageSize)}}, strict: true,
		read: func(r *reader) (member, string, error) { m := r.member(kind); return m, m.id + " " + m.uid, nil },
		fold: func(rows []member) error { return addMembers(g, rows, all) },
	}
	err := w.run(ctx)
	if hasStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed) {
		return c.hidden(g, err)
	}
	return err
}

// hidden is a group that has more members than it shows, on a brain that cannot list them.
func (c *Console) hidden(g groupRow, err error) error {
	return problem(entity.Permanent,
		"group %q shows %d members and there may be more, which this brain cannot list: %w (appliances list members since release 9.2 with api 2.5; else split the group)",
		g.name, len(g.members), errors.Join(ErrIncomplete, err))
}

// addMembers takes members in every form. One that cannot be read makes the group
// incomplete: it might be the one that must not be blocked.
func addMembers(g groupRow, members []member, all entity.Members) error {
	for _, m := range members {
		if m.id == "" && m.uid == "" {
			return problem(entity.Transient, "group %q: a member is neither id nor uid: %w", g.name, ErrIncomplete)
		}
		if m.id != "" {
			all.IDs[m.id] = true
		}
		if m.uid != "" {
			all.UIDs[m.uid] = true
		}
	}
	return nil
}
