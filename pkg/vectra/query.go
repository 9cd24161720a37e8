package vectra

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// plural is the resource of a kind; empty for kinds that a brain does not have.
func plural(kind entity.Kind) string {
	switch kind {
	case entity.KindHost, entity.KindAccount, entity.KindDetection:
		return string(kind) + "s"
	}
	return ""
}

// readable refuses kinds that this version does not list.
func (c *Console) readable(kind entity.Kind) error {
	if plural(kind) == "" || kind == entity.KindHost && !c.api.since(0, 3) {
		return problem(entity.Unsupported, "api %s has no %ss", c.api.text, kind)
	}
	return nil
}

// Hosts folds every host that a query asks for, each once, page after page. An error of fold ends it.
func (c *Console) Hosts(ctx context.Context, q entity.Query, fold func(entity.Target) error) error {
	return c.list(ctx, entity.KindHost, q, func(t entity.Finding) error { return fold(t.Target) })
}

// Accounts is Hosts for accounts.
func (c *Console) Accounts(ctx context.Context, q entity.Query, fold func(entity.Target) error) error {
	return c.list(ctx, entity.KindAccount, q, func(t entity.Finding) error { return fold(t.Target) })
}

// Detections is Hosts for detections, with what a row tells of their sources.
func (c *Console) Detections(ctx context.Context, q entity.Query, fold func(entity.Finding) error) error {
	return c.list(ctx, entity.KindDetection, q, fold)
}

// list makes as many walks as the query needs; together they fold each object once.
func (c *Console) list(ctx context.Context, kind entity.Kind, q entity.Query, fold func(entity.Finding) error) error {
	if err := c.readable(kind); err != nil {
		return err
	}
	wanted, seen := matcher(q), map[string]bool{}
	queries := c.filters(kind, q)
	for _, query := range queries {
		w := walk{c: c, path: c.path(plural(kind)), query: query, extra: c.extras(kind, q), fold: func(rows []json.RawMessage) error {
			return c.foldRows(kind, rows, q.Lean, func(o object) error {
				if !wanted(o) || seen[o.ID] {
					return nil
				}
				if len(queries) > 1 {
					seen[o.ID] = true
				}
				return fold(o.Finding)
			})
		}}
		if err := w.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *Console) foldRows(kind entity.Kind, rows []json.RawMessage, lean bool, fold func(object) error) error {
	for _, row := range rows {
		o, err := c.decode(kind, row, lean)
		if err != nil {
			return problem(entity.Transient, "%s of the brain: %w: %w", kind, err, ErrIncomplete)
		}
		if err := fold(o); err != nil {
			return err
		}
	}
	return nil
}

// matcher says exactly what a query asks for; servers filter loosely or not at all.
func matcher(q entity.Query) func(object) bool {
	tags, ids, types := set(q.Tags), set(q.IDs), set(q.Types)
	return func(o object) bool {
		return (len(tags) == 0 || slices.ContainsFunc(o.Tags, func(t string) bool { return tags[t] })) &&
			(len(ids) == 0 || ids[o.ID]) &&
			(q.Named == "" || isNamed(o.Target, q.Named)) &&
			(!q.Active || o.state == "active") &&
			(q.Floor == nil || q.Floor.Met(o.Score)) &&
			(o.Detection == nil || matchesDetection(q, types, o.Detection))
	}
}

// isNamed reports that a text is an entity's name, or a host's address in whatever form.
func isNamed(t entity.Target, text string) bool {
	return strings.EqualFold(t.Name, text) || t.Host != nil && t.Host.IP != "" && sameAddress(t.Host.IP, text)
}

func sameAddress(a, b string) bool {
	x, err := netip.ParseAddr(a)
	y, err2 := netip.ParseAddr(b)
	return err == nil && err2 == nil && x.Unmap() == y.Unmap()
}

func matchesDetection(q entity.Query, types map[string]bool, d *entity.Detection) bool {
	return (len(types) == 0 || types[d.Type]) && (!q.Untriaged || !d.Triaged)
}

func set(texts []string) map[string]bool {
	m := make(map[string]bool, len(texts))
	for _, t := range texts {
		m[t] = true
	}
	return m
}
