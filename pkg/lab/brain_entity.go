package lab

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// entity is a host or an account as RUX counts them: the id is that of the host or account.
type entity struct {
	kind string
	*Subject
	*Scored
	detections []*Detection
}

// prioritised is the urgency from which this tenant calls an entity prioritised.
const prioritised = 50

var entityList = &listing[entity]{
	path:   "entities",
	rows:   entities,
	params: entityParams(),
	order: map[string]func(a, b *entity) int{
		"urgency_score":            by(func(e *entity) int { return e.Urgency }),
		"name":                     by(func(e *entity) string { return e.Name }),
		"last_detection_timestamp": byTime(func(e *entity) time.Time { return e.LastDetection }),
		"last_modified_timestamp":  byTime(func(e *entity) time.Time { return e.Modified }),
	},
	show: showEntity,
}

func entities(c *brainCall) []*entity {
	out := make([]*entity, 0, len(c.hosts.rows)+len(c.accounts.rows))
	for _, h := range c.hosts.rows {
		out = append(out, c.hostEntity(h))
	}
	for _, a := range c.accounts.rows {
		out = append(out, c.accountEntity(a))
	}
	return out
}

func (c *brainCall) hostEntity(h *Host) *entity {
	return &entity{"host", &h.Subject, &h.Scored, c.byHost[h.ID]}
}

func (c *brainCall) accountEntity(a *Account) *entity {
	return &entity{"account", &a.Subject, &a.Scored, c.byAcct[a.ID]}
}

func entityParams() map[string]param[entity] {
	kind := func(e *entity, value string) bool { return slices.Contains(strings.Split(value, ","), e.kind) }
	return map[string]param[entity]{
		"type":           text(from(never, 3), kind),
		"entity_type":    text(before34, kind),
		"is_prioritized": truth(onRUX, func(e *entity) bool { return e.Urgency >= prioritised }),
		"state":          exact(onRUX, func(e *entity) string { return e.State }),
		"name":           contains(onRUX, func(e *entity) string { return e.Name }),
		"tags":           exactTag(onRUX, func(e *entity) []string { return e.Tags }),
		"fields":         ignored[entity](from(never, 4)),
		"exclude_fields": ignored[entity](from(never, 4)),

		"last_detection_timestamp_gte": since(onRUX, func(e *entity) time.Time { return e.LastDetection }),
		"last_detection_timestamp_lte": until(from(never, 3), func(e *entity) time.Time { return e.LastDetection }),
		"last_modified_timestamp_gte":  since(onRUX, func(e *entity) time.Time { return e.Modified }),
		"last_modified_timestamp_lte":  until(from(never, 3), func(e *entity) time.Time { return e.Modified }),
		"note_modified_timestamp_gte":  since(onRUX, func(e *entity) time.Time { return noteTime(e.Subject) }),
	}
}

// showEntity writes the double names that 3.4 removed; 3.1 has only the old one of the type.
func showEntity(c *brainCall, e *entity) jsonObject {
	out := jsonObject{
		{"id", e.ID},
		{"name", e.Name},
		{"type", e.kind},
		{"entity_type", e.kind},
		{"importance", e.Importance},
		{"entity_importance", e.Importance},
		{"is_prioritized", e.Urgency >= prioritised},
		{"severity", severity(e.Subject)},
		{"urgency_score", e.Urgency},
		{"attack_rating", e.Urgency / 10},
		{"attack_profile", orNull(e.Profile)},
		{"breadth_contrib", 2},
		{"velocity_contrib", 2},
		{"detection_set", c.detectionSet(e.detections)},
		{"last_detection_timestamp", stamp(e.LastDetection)},
		{"last_modified_timestamp", whole(e.Modified)},
		{"notes", embedded(e.Subject)},
		{"privilege_level", numberOrNull(e.PrivilegeLevel)},
		{"privilege_category", orNull(privilege(e.PrivilegeLevel))},
		{"sensors", []string{sensor(e.Subject)}},
		{"state", e.State},
		{"tags", list(e.Tags)},
		{"url", c.link(e.kind+"s", e.ID)},
		{"host_type", nil},
		{"account_type", nil},
	}
	return out.only(func(key string) bool { return entityHas(c.version, key) })
}

func entityHas(v apiVersion, key string) bool {
	switch key {
	case "entity_type", "entity_importance":
		return before34(v)
	case "type":
		return v.since(never, 2)
	}
	return true
}

// entityKind reads the type that every call about one entity needs; entity_type is its old name.
func entityKind(c *brainCall) string {
	kind := c.query.Get("type")
	if kind == "" && before34(c.version) {
		kind = c.query.Get("entity_type")
	}
	return kind
}

func findEntity(c *brainCall) (*entity, *brainAnswer) {
	id := c.ids[0]
	switch entityKind(c) {
	case "host":
		if h := c.hosts.byID[id]; h != nil {
			return c.hostEntity(h), nil
		}
	case "account":
		if a := c.accounts.byID[id]; a != nil {
			return c.accountEntity(a), nil
		}
	default:
		bad := badEntity()
		return nil, &bad
	}
	missing := notFound()
	return nil, &missing
}

func serveEntity(_ *Brain, c *brainCall) brainAnswer {
	e, refusal := findEntity(c)
	if refusal != nil {
		return *refusal
	}
	return brainAnswer{http.StatusOK, trimmed(c, showEntity(c, e))}
}
