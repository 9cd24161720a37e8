package vectra

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
)

// tagRounds is how often one entity's tags are read, merged and written until the brain
// shows them.
const tagRounds = 3

// EditTags adds and removes single tags; every other tag of an entity stays. There is one
// error for each edit, in their order. An appliance does one call for each distinct tag; a
// tenant is read, merged and written one entity at a time. Tags of one edit are written in
// their order, added ones first; what an edit adds it does not remove.
func (c *Console) EditTags(ctx context.Context, edits []entity.TagEdit) []error {
	errs := make([]error, len(edits))
	for _, layer := range layers(edits) {
		some := make([]entity.TagEdit, len(layer))
		for i, at := range layer {
			some[i] = plain(edits[at])
		}
		for i, err := range c.editLayer(ctx, some) {
			errs[layer[i]] = err
		}
	}
	return errs
}

// layers splits edits so that none of them holds an entity twice: edits of one entity must
// follow each other.
func layers(edits []entity.TagEdit) [][]int {
	var all [][]int
	depth := map[entity.Ref]int{}
	for i, e := range edits {
		d := depth[e.Ref]
		if depth[e.Ref]++; d == len(all) {
			all = append(all, nil)
		}
		all[d] = append(all[d], i)
	}
	return all
}

// plain takes out of an edit what it says twice.
func plain(e entity.TagEdit) entity.TagEdit {
	p := entity.TagEdit{Ref: e.Ref}
	for _, t := range e.Add {
		if !slices.Contains(p.Add, t) {
			p.Add = append(p.Add, t)
		}
	}
	for _, t := range e.Remove {
		if !slices.Contains(p.Add, t) && !slices.Contains(p.Remove, t) {
			p.Remove = append(p.Remove, t)
		}
	}
	return p
}

func (c *Console) editLayer(ctx context.Context, edits []entity.TagEdit) []error {
	errs := make([]error, len(edits))
	for i, e := range edits {
		errs[i] = c.taggable(e.Ref)
	}
	if !c.api.rux {
		c.editBulk(ctx, edits, errs)
		return errs
	}
	g := c.group()
	for i, e := range edits {
		if errs[i] == nil {
			g.Go(func() error { errs[i] = c.editOne(ctx, e); return nil })
		}
	}
	_ = g.Wait()
	return errs
}

// group runs as many goroutines as there are requests in flight.
func (c *Console) group() *errgroup.Group {
	g := new(errgroup.Group)
	g.SetLimit(cap(c.slots))
	return g
}

func (c *Console) taggable(ref entity.Ref) error {
	if err := c.readable(ref.Kind); err != nil {
		return err
	}
	_, err := c.object("tagging", ref)
	return err
}

// editOne changes the tags of one entity. A write that had to wait is none: what somebody else did
// meanwhile would be lost, so all of it is done again.
func (c *Console) editOne(ctx context.Context, e entity.TagEdit) error {
	path, err := c.object("tagging/"+string(e.Ref.Kind), e.Ref)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := c.rewrite(ctx, path, e)
		var s *stale
		if !errors.As(err, &s) || try == defaultTries {
			return err
		}
	}
}

// rewrite reads the tags, changes only what is asked for, and writes at once. When the brain
// shows something else afterwards, somebody wrote in between: it starts again.
func (c *Console) rewrite(ctx context.Context, path string, e entity.TagEdit) error {
	tags, err := c.tags(ctx, path, e.Ref)
	for range tagRounds {
		if err != nil || settled(tags, e) {
			return err
		}
		if tags, err = c.write(ctx, path, e.Ref, merge(tags, e)); tags == nil && err == nil {
			tags, err = c.tags(ctx, path, e.Ref)
		}
	}
	if err == nil && !settled(tags, e) {
		err = problem(entity.Transient, "PATCH %s: the brain took the tags but does not show them", path)
	}
	return err
}

// settled reports that an edit has nothing left to do.
func settled(tags []string, e entity.TagEdit) bool {
	has := func(t string) bool { return slices.Contains(tags, t) }
	lacks := func(t string) bool { return !has(t) }
	return !slices.ContainsFunc(e.Add, lacks) && !slices.ContainsFunc(e.Remove, has)
}

// merge keeps the order of the tags and every one that is not to be removed.
func merge(tags []string, e entity.TagEdit) []string {
	merged := []string{}
	for _, t := range slices.Concat(tags, e.Add) {
		if !slices.Contains(e.Remove, t) && !slices.Contains(merged, t) {
			merged = append(merged, t)
		}
	}
	return merged
}
