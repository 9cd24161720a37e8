package vectra

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// tags reads the tags of one entity. An answer that does not show them is never taken for
// "none": what is merged with it is written back.
func (c *Console) tags(ctx context.Context, path string, ref entity.Ref) ([]string, error) {
	k := get(path, nil)
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, gone(ref, err)
	}
	t, err := c.tagged(k, a)
	if err == nil && t == nil {
		err = problem(entity.Transient, "%s: the answer shows no tags", k)
	}
	return t, err
}

// write replaces the tags and answers what the brain then shows, nil when it shows nothing.
func (c *Console) write(ctx context.Context, path string, ref entity.Ref, tags []string) ([]string, error) {
	body, err := json.Marshal(map[string][]string{"tags": tags})
	if err != nil {
		return nil, err
	}
	k := put(http.MethodPatch, path, nil, body)
	k.fresh = true
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, gone(ref, err)
	}
	return c.tagged(k, a)
}

// tagged judges a success of a tag route: the brain may refuse with 200.
func (c *Console) tagged(k call, a answer) ([]string, error) {
	t, err := c.judged(k, a)
	if err != nil || !t.tags.shown {
		return nil, err
	}
	return append([]string{}, t.tags.tags...), nil
}

// tagging is the answer of the tag routes, which may show no tags.
type tagging struct {
	status, message text
	tags            tagList
	invalid         []text
}

func (t *tagging) scan(r *reader) error {
	for key := range r.Keys() {
		switch string(key) {
		case "status":
			t.status = r.text()
		case "message":
			t.message = r.text()
		case "tags":
			r.tags(&t.tags)
		case "invalid_tags":
			t.invalid = r.texts(nil)
		}
	}
	if err := r.End(); err != nil {
		return err
	}
	return t.tags.err
}

func (c *Console) judged(k call, a answer) (tagging, error) {
	var t tagging
	if len(a.body) == 0 {
		return t, nil
	}
	if err := t.scan(newReader(a.body)); err != nil {
		return t, malformed(k, a.body, err)
	}
	if len(t.invalid) > 0 || len(t.status) > 0 && !strings.EqualFold(string(t.status), "success") {
		said := c.veil.over(brief(string(t.message)))
		return t, problem(entity.Permanent, "%s: the brain refuses the tags %s %s", k, brief(strings.Join(copied(t.invalid), ", ")), said)
	}
	return t, nil
}

// Tags reads all tags of one entity.
func (c *Console) Tags(ctx context.Context, ref entity.Ref) ([]string, error) {
	if err := c.taggable(ref); err != nil {
		return nil, err
	}
	path, err := c.object("tagging/"+string(ref.Kind), ref)
	if err != nil {
		return nil, err
	}
	return c.tags(ctx, path, ref)
}
