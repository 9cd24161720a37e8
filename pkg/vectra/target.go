package vectra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/var-project/var/pkg/entity"
)

// Target reads one entity by its id, with what only the detail view shows. An entity that the
// brain does not know is ErrGone, of class Absent; a page that is not there for another reason
// is not.
func (c *Console) Target(ctx context.Context, ref entity.Ref) (entity.Target, error) {
	if err := c.readable(ref.Kind); err != nil {
		return entity.Target{}, err
	}
	if ref.Kind == entity.KindAccount && !c.api.since(2, 0) {
		return c.listed(ctx, ref)
	}
	path, err := c.object(plural(ref.Kind), ref)
	if err != nil {
		return entity.Target{}, err
	}
	query := url.Values{}
	if ref.Kind == entity.KindHost && !c.api.rux {
		query.Set("include_ldap", "true")
	}
	k := get(path, query)
	a, err := c.do(ctx, k)
	if err != nil {
		return entity.Target{}, gone(ref, err)
	}
	return c.detail(k, ref, a)
}

func (c *Console) detail(k call, ref entity.Ref, a answer) (entity.Target, error) {
	r := newReader(a.body)
	o, err := c.decode(ref.Kind, rowOf(ref.Kind), r)
	if broken := r.End(); broken != nil {
		err = broken
	}
	if err != nil {
		return entity.Target{}, malformed(k, a.body, err)
	}
	(&lister{c: c}).complete(&o)
	if o.ID != ref.ID {
		return entity.Target{}, malformed(k, a.body, fmt.Errorf("it is about %s", o.Ref))
	}
	return o.Target, nil
}

// listed finds one entity in the list, where the version has no detail view.
func (c *Console) listed(ctx context.Context, ref entity.Ref) (entity.Target, error) {
	var found *entity.Target
	err := c.list(ctx, ref.Kind, entity.Query{IDs: []string{ref.ID}}, func(f entity.Finding) error {
		found = &f.Target
		return nil
	})
	if err != nil {
		return entity.Target{}, err
	}
	if found == nil {
		return entity.Target{}, problem(entity.Absent, "%s: %w", ref, ErrGone)
	}
	return *found, nil
}

// object is the path of one object below a resource. Ids may come from a journal or a tag:
// one that could lead elsewhere is refused.
func (c *Console) object(resource string, ref entity.Ref) (string, error) {
	if !validID(ref.ID) {
		return "", problem(entity.Permanent, "%s: an id of %d characters cannot be asked for", ref.Kind, len(ref.ID))
	}
	return c.path(resource + "/" + ref.ID), nil
}

// gone makes an error of a brain that does not know an entity ErrGone. Somebody else's 404
// (a proxy's page) stays a failure: what is gone is released.
func gone(ref entity.Ref, err error) error {
	var s *statusError
	if !errors.As(err, &s) || s.status != http.StatusNotFound {
		return err
	}
	if s.foreign || s.silent {
		return problem(entity.Transient, "%w: it does not come from the brain", err)
	}
	return problem(entity.Absent, "%s: %w: %w", ref, ErrGone, err)
}
