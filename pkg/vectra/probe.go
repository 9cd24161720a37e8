package vectra

import (
	"context"
	"net/url"

	"github.com/var-project/var/pkg/entity"
)

// Probe finds out whether the brain can be reached and read with these credentials: one page
// of one object of each resource, and the tags of one host or account. It writes nothing, so
// a missing right to write shows only later.
func (c *Console) Probe(ctx context.Context) []entity.Check {
	var checks []entity.Check
	var sample entity.Ref
	for _, r := range c.resources() {
		id, err := c.one(ctx, r.name)
		if err == nil && sample.ID == "" && r.kind != "" {
			sample = c.ref(r.kind, id)
		}
		checks = append(checks, entity.Check{Name: "read " + r.name, Err: err})
	}
	if sample.ID != "" {
		_, err := c.Tags(ctx, sample)
		checks = append(checks, entity.Check{Name: "read tags", Detail: "of one " + string(sample.Kind), Err: err})
	}
	return checks
}

type resource struct {
	name string
	kind entity.Kind
}

// resources are what this version lists.
func (c *Console) resources() []resource {
	var all []resource
	for _, kind := range []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection} {
		if c.readable(kind) == nil {
			all = append(all, resource{plural(kind), kind})
		}
	}
	if c.Urgency() {
		all = append(all, resource{name: "entities"})
	}
	if c.grouped(entity.KindHost) == nil || c.grouped(entity.KindAccount) == nil {
		all = append(all, resource{name: "groups"})
	}
	return all
}

// one reads a page of one object and answers its id, empty when there is none.
func (c *Console) one(ctx context.Context, name string) (string, error) {
	var found string
	w := walk[string]{c: c, path: c.path(name), query: url.Values{"page_size": {"1"}}}
	w.read = func(r *reader) (string, string, error) {
		t := r.only("id")
		id, _ := identifier(t)
		return string(id), string(t), nil
	}
	w.fold = func(ids []string) error {
		for _, id := range ids {
			found = id
		}
		return errStop
	}
	return found, w.run(ctx)
}
