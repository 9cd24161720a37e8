package vectra

import (
	"context"
	"net/url"

	"github.com/var-project/var/pkg/entity"
)

// Probe finds out whether the brain can be reached and read with these credentials, right by right: one page of one
// object of each resource, and the tags and notes of one entity. It writes nothing, and no brain tells what a role may
// write: those rights are named and not checked.
func (c *Console) Probe(ctx context.Context) []entity.Check {
	sample, checks := c.probeLists(ctx)
	checks = append(checks,
		c.probeOne("read tags", sample, func() error { _, err := c.Tags(ctx, sample); return err }),
		c.probeOne("read notes", sample, func() error { _, err := c.Notes(ctx, sample); return err }))
	for _, write := range []struct{ name, word string }{{"write tags", "/tagging"}, {"write notes", "/notes"}} {
		checks = append(checks, entity.Check{
			Name: write.name, Detail: entity.NotChecked + "only writing would show it; the role needs " + rightTo(write.word),
		})
	}
	return checks
}

// probeLists asks for each resource at the same time. The sample is the first entity that was listed.
func (c *Console) probeLists(ctx context.Context) (sample entity.Ref, checks []entity.Check) {
	all := c.resources()
	checks = make([]entity.Check, len(all))
	ids := make([]string, len(all))
	g := c.group()
	for i, r := range all {
		g.Go(func() error {
			checks[i].Name = "read " + r.name
			ids[i], checks[i].Err = c.one(ctx, r.name)
			return nil
		})
	}
	_ = g.Wait()
	for i, r := range all {
		if sample.ID == "" && ids[i] != "" && r.kind != "" && c.notable(r.kind) == nil {
			sample = c.ref(r.kind, ids[i])
		}
	}
	return sample, checks
}

// probeOne reads something of a sample, where there is one.
func (c *Console) probeOne(name string, sample entity.Ref, read func() error) entity.Check {
	if sample.ID == "" {
		return entity.Check{Name: name, Detail: entity.NotChecked + "the brain lists nothing that could have any"}
	}
	if err := read(); err != nil {
		return entity.Check{Name: name, Err: err}
	}
	return entity.Check{Name: name, Detail: "of one " + string(sample.Kind)}
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
