package selection

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
)

// join fetches, in one further walk for each kind, the entities that rules named by id only:
// members of block groups, urgent ones, sources of detections, and what is held and was not
// found by its tags. What to look for is known before the first walk adds to what was found.
func (o *observer) join(ctx context.Context) {
	var walks []func()
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		if !o.pol.reads(k) || o.isFrozen(k) || o.whole[k] {
			continue
		}
		if ids, uids := o.named(k); len(ids)+len(uids) > 0 {
			named := func(t entity.Target) bool { return ids[t.ID] || uids[uid(&t)] }
			walks = append(walks, func() { o.freeze(o.walk(ctx, k, joinQuery(ids, uids), named), fmt.Sprintf("%ss", k), k) })
		}
	}
	if lost := o.missing(entity.KindDetection); len(lost) > fewMissing && o.pol.reads(entity.KindDetection) && !o.isFrozen(entity.KindDetection) {
		walks = append(walks, func() {
			o.freeze(o.c.Detections(ctx, o.detections(entity.Query{IDs: lost}), o.keepFinding), "detections", entity.KindDetection)
		})
	}
	var g errgroup.Group
	for _, walk := range walks {
		g.Go(func() error { walk(); return nil })
	}
	_ = g.Wait()
}

// joinQuery bounds the walk by the ids; accounts that are named by uid only may be anywhere.
func joinQuery(ids, uids map[string]bool) entity.Query {
	if len(uids) > 0 {
		return entity.Query{}
	}
	q := entity.Query{}
	for id := range ids {
		q.IDs = append(q.IDs, id)
	}
	return q
}

// named are the ids and uids that are wanted and not found yet.
func (o *observer) named(k entity.Kind) (ids, uids map[string]bool) {
	ids, uids = map[string]bool{}, map[string]bool{}
	want := func(id string) {
		if !o.found.has(k, id) {
			ids[id] = true
		}
	}
	for id := range o.blocked[k].IDs {
		want(id)
	}
	if u := o.rules(k).Urgency; byUrgency(o.c, u) {
		for id, urgency := range o.urgency[k] {
			if urgency >= *u {
				want(id)
			}
		}
	}
	for id := range o.types[k].all() {
		want(id)
	}
	if missing := o.missing(k); len(missing) > fewMissing {
		for _, id := range missing {
			want(id)
		}
	}
	known := o.knownUIDs(k)
	for u := range o.blocked[k].UIDs {
		if !known[u] {
			uids[u] = true
		}
	}
	return ids, uids
}

func (o *observer) knownUIDs(k entity.Kind) map[string]bool {
	known := map[string]bool{}
	for i := range o.found.seen {
		if t := &o.found.seen[i].Target; t.Kind == k {
			known[uid(t)] = true
		}
	}
	return known
}

// uid is the name by which groups know an account; hosts have none.
func uid(t *entity.Target) string {
	if t.Account == nil {
		return ""
	}
	return t.Account.UID
}

// fewMissing is up to how many held entities are asked for one by one rather than in a walk.
const fewMissing = 3

// atOnce is how many entities are asked for at the same time.
const atOnce = 8

// ask asks by id for what is held and was not found. What the brain does not know is gone.
func (o *observer) ask(ctx context.Context) []entity.Ref {
	var refs []entity.Ref
	for _, k := range o.pol.Kinds {
		for _, id := range o.missing(k) {
			refs = append(refs, o.ref(k, id))
		}
	}
	gone := make([]bool, len(refs))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, ref := range refs {
		g.Go(func() error { gone[i] = o.askFor(ctx, ref); return nil })
	}
	_ = g.Wait()
	var unknown []entity.Ref
	for i, ref := range refs {
		if gone[i] {
			unknown = append(unknown, ref)
		}
	}
	return unknown
}

// askFor keeps what the brain answers, and reports that it does not know the entity. Of a kind that is frozen
// already nothing more is asked.
func (o *observer) askFor(ctx context.Context, ref entity.Ref) (gone bool) {
	if o.isFrozen(ref.Kind) {
		return false
	}
	t, err := o.c.Target(ctx, ref)
	switch {
	case err == nil:
		_ = o.keep(t)
	case entity.ClassOf(err) == entity.Absent:
		return true
	default:
		o.freeze(err, fmt.Sprintf("%s %s", ref.Kind, ref.ID), ref.Kind)
	}
	return false
}
