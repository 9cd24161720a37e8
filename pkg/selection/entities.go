package selection

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
)

// readGroups reads the groups that count. The no-block groups protect detections too.
func (o *observer) readGroups(ctx context.Context, g *errgroup.Group, k entity.Kind) {
	r := o.rules(k)
	if r.NoBlockGroup != "" && (o.pol.reads(k) || o.pol.reads(entity.KindDetection)) {
		g.Go(func() error { o.readGroup(ctx, k, r.NoBlockGroup, o.spared, k, entity.KindDetection); return nil })
	}
	if r.BlockGroup != "" && o.pol.reads(k) {
		g.Go(func() error { o.readGroup(ctx, k, r.BlockGroup, o.blocked, k); return nil })
	}
}

func (o *observer) readGroup(ctx context.Context, k entity.Kind, name string, into map[entity.Kind]entity.Members, depend ...entity.Kind) {
	members, err := o.c.Group(ctx, k, name)
	o.freeze(err, fmt.Sprintf("group %q of %ss", name, k), depend...)
	o.mu.Lock()
	defer o.mu.Unlock()
	into[k] = members
}

// readUrgency asks once for the lowest urgency that any rule looks for.
func (o *observer) readUrgency(ctx context.Context) {
	defer close(o.rated)
	least, kinds, depend := o.leastUrgency()
	if len(kinds) == 0 {
		return
	}
	urgent := map[entity.Kind]map[string]int{entity.KindHost: {}, entity.KindAccount: {}}
	err := o.c.Entities(ctx, kinds, least, func(k entity.Kind, id string, urgency int) error {
		urgent[k][id] = urgency
		return nil
	})
	o.freeze(err, "urgencies", depend...)
	o.urgency = urgent
}

// leastUrgency is the lowest urgency that a rule looks for, the kinds whose urgency counts, and those that depend on it.
func (o *observer) leastUrgency() (least int, kinds, depend []entity.Kind) {
	least = 1 << 30
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		if u := o.rules(k).Urgency; o.pol.reads(k) && byUrgency(o.c, u) {
			least, kinds, depend = min(least, *u), append(kinds, k), append(depend, k)
		}
	}
	if u := o.pol.Detections.HostUrgency; o.pol.reads(entity.KindDetection) && byUrgency(o.c, u) {
		least, depend = min(least, *u), append(depend, entity.KindDetection)
		if !slices.Contains(kinds, entity.KindHost) {
			kinds = append(kinds, entity.KindHost)
		}
	}
	return least, kinds, depend
}

// readKind finds hosts or accounts by tag and by score. Where a pass would be many requests, it looks first whether
// everything stands on one page, which answers all questions.
func (o *observer) readKind(ctx context.Context, k entity.Kind) {
	if o.questions(k) > 1 && o.requests() > manyRequests {
		all, err := o.c.Few(ctx, k, entity.Query{Bare: o.bare}, o.keep)
		o.freeze(err, fmt.Sprintf("%ss", k), k)
		if err != nil || all {
			o.setWhole(k)
			return
		}
	}
	var g errgroup.Group
	if tags := o.pol.tags(k); len(tags) > 0 {
		g.Go(func() error { o.freeze(o.walk(ctx, k, entity.Query{Tags: tags}, nil), "tags", k); return nil })
	}
	if o.byScore(k) {
		g.Go(func() error {
			o.freeze(o.walk(ctx, k, entity.Query{Floor: o.rules(k).Score}, nil), "scores", k)
			return nil
		})
	}
	_ = g.Wait()
}

// manyRequests is how many a brain is asked without a look whether fewer do.
const manyRequests = 10

// requests is how many the rules may need, of one page each: a login, groups, urgencies, and walks.
func (o *observer) requests() int {
	n := 1 + 2 // the tags of detections, and active ones
	if _, kinds, _ := o.leastUrgency(); len(kinds) > 0 {
		n++
	}
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		for _, group := range []string{o.rules(k).NoBlockGroup, o.rules(k).BlockGroup} {
			if group != "" {
				n++
			}
		}
		n += o.questions(k)
	}
	return n
}

func (o *observer) setWhole(k entity.Kind) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.whole[k] = true
}

// byScore reports that threat and certainty are what counts of a kind.
func (o *observer) byScore(k entity.Kind) bool {
	r := o.rules(k)
	return r.Score != nil && !byUrgency(o.c, r.Urgency)
}

// questions is how many walks over a kind its rules may need.
func (o *observer) questions(k entity.Kind) int {
	r, n := o.rules(k), 0
	for _, is := range []bool{
		len(o.pol.tags(k)) > 0, o.byScore(k), o.byScore(k) && r.Score.Or, r.BlockGroup != "" || byUrgency(o.c, r.Urgency) || len(r.Types) > 0,
	} {
		if is {
			n++
		}
	}
	return n
}

// bare reports that a target is held, which its marker shows, too.
func (o *observer) bare(t *entity.Target) bool {
	return o.held[t.Kind].has(t.ID) && slices.Contains(t.Tags, o.pol.Markers[t.Kind])
}

// walk keeps what a query answers, where want says so.
func (o *observer) walk(ctx context.Context, k entity.Kind, q entity.Query, want func(entity.Target) bool) error {
	list := o.c.Hosts
	if k == entity.KindAccount {
		list = o.c.Accounts
	}
	q.Bare = o.bare
	return list(ctx, q, func(t entity.Target) error {
		if want == nil || want(t) {
			return o.keep(t)
		}
		return nil
	})
}

// keep never fails.
func (o *observer) keep(t entity.Target) error {
	t.Source = o.source
	o.mu.Lock()
	defer o.mu.Unlock()
	o.found.put(t)
	return nil
}

// missing are the ids of held targets of a kind that no walk has found.
func (o *observer) missing(k entity.Kind) []string {
	var lost []string
	for _, id := range o.held[k].all() {
		if !o.found.has(k, id) {
			lost = append(lost, id)
		}
	}
	slices.Sort(lost)
	return lost
}
