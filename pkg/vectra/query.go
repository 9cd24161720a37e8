package vectra

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
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

// Few is Hosts or Accounts where everything of that kind stands on one page; where it does not, nothing is folded and
// all is false.
func (c *Console) Few(ctx context.Context, kind entity.Kind, q entity.Query, fold func(entity.Target) error) (all bool, err error) {
	if err := c.readable(kind); err != nil {
		return false, err
	}
	l := c.lister(kind, q, func(f entity.Finding) error { return fold(f.Target) })
	err = l.walk(c.filter(kind, entity.Query{})).few(ctx)
	if errors.Is(err, errMany) {
		return false, nil
	}
	return err == nil, err
}

// list makes as many walks as the query needs; together they fold each object once. More than one are made only where
// not everything stands on one page anyway.
func (c *Console) list(ctx context.Context, kind entity.Kind, q entity.Query, fold func(entity.Finding) error) error {
	if err := c.readable(kind); err != nil {
		return err
	}
	l, common := c.lister(kind, q, fold), c.filter(kind, q)
	queries := c.split(common, kind, q)
	if len(queries) == 1 {
		return l.walk(queries[0]).run(ctx)
	}
	if err := l.walk(common).few(ctx); !errors.Is(err, errMany) {
		return err
	}
	l.seen = &idSet{}
	for _, query := range queries {
		if err := l.walk(query).run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *Console) lister(kind entity.Kind, q entity.Query, fold func(entity.Finding) error) *lister {
	return &lister{c: c, kind: kind, q: q, wanted: matcher(q), fold: fold}
}

// lister folds what a query asks for.
type lister struct {
	c      *Console
	kind   entity.Kind
	q      entity.Query
	wanted func(*object) bool
	fold   func(entity.Finding) error
	inside inside
	// seen is what an earlier walk has folded; nil where there is one walk only.
	seen *idSet
}

func (l *lister) walk(query url.Values) *walk[object] {
	c, in := l.c, rowOf(l.kind)
	return &walk[object]{
		c: c, path: c.path(plural(l.kind)), query: query, extra: c.extras(l.kind, l.q), fold: l.take,
		read: func(r *reader) (object, string, error) {
			o, err := c.decode(l.kind, in, r)
			if err != nil {
				err = fmt.Errorf("%s of the brain: %w: %w", l.kind, err, ErrIncomplete)
			}
			return o, o.ID, err
		},
	}
}

// take folds one page.
func (l *lister) take(rows []object) error {
	for i := range rows {
		o := &rows[i]
		if !l.wanted(o) || l.seen != nil && !l.seen.add(o.ID) {
			continue
		}
		l.complete(o)
		if err := l.fold(o.Finding); err != nil {
			return err
		}
	}
	return nil
}

// complete adds what is worth a copy only where somebody wants it.
func (l *lister) complete(o *object) {
	if o.Detection != nil && !l.q.Lean {
		o.Detection.Destinations = l.inside.destinations(o)
	}
	if l.q.Bare != nil && l.q.Bare(&o.Target) {
		return
	}
	if l.c.addNote(o); !l.q.Lean {
		o.addRaw()
	}
}

// matcher says exactly what a query asks for; servers filter loosely or not at all.
func matcher(q entity.Query) func(*object) bool {
	tags, ids, types := set(q.Tags), set(q.IDs), set(q.Types)
	return func(o *object) bool {
		return (len(tags) == 0 || slices.ContainsFunc(o.Tags, func(t string) bool { return tags[t] })) &&
			(len(ids) == 0 || ids[o.ID]) &&
			(q.Named == "" || isNamed(o.Target, q.Named)) &&
			(!q.Active || o.state == "active") &&
			(q.Floor == nil || q.Floor.Met(o.Score)) &&
			(o.Detection == nil || matchesDetection(q, types, o.Detection)) &&
			(q.Where == nil || q.Where(&o.Finding))
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
