package selection

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Observe reads a brain. A kind whose reading was not complete is frozen, with
// why, and so is what depends on it; the others are answered all the same.
func Observe(ctx context.Context, c Console, source string, pol Policy, held []entity.Ref) plan.Observation {
	o := &observer{
		c: c, source: source, pol: pol, held: held, frozen: map[entity.Kind]string{},
		urgency: map[entity.Kind]map[string]int{}, spared: map[entity.Kind]entity.Members{}, blocked: map[entity.Kind]entity.Members{},
		found: map[entity.Ref]entity.Target{}, findings: map[entity.Ref]entity.Finding{}, types: map[entity.Ref][]string{},
	}
	o.read(ctx)
	o.join(ctx)
	gone := o.ask(ctx)
	seen := o.judge()
	o.lookAgain(ctx, seen)
	o.freezeDependants()
	return plan.Observation{Source: source, Read: pol.Kinds, Frozen: o.frozen, Seen: seen, Gone: gone}
}

// observer gathers what the walks find.
type observer struct {
	c      Console
	source string
	pol    Policy
	held   []entity.Ref

	mu       sync.Mutex
	frozen   map[entity.Kind]string
	urgency  map[entity.Kind]map[string]int
	spared   map[entity.Kind]entity.Members
	blocked  map[entity.Kind]entity.Members
	found    map[entity.Ref]entity.Target
	findings map[entity.Ref]entity.Finding
	// types are the listed types of active detections that a host or account has.
	types map[entity.Ref][]string
}

func (o *observer) ref(k entity.Kind, id string) entity.Ref {
	return entity.Ref{Source: o.source, Kind: k, ID: id}
}

func (o *observer) rules(k entity.Kind) Rules {
	if k == entity.KindAccount {
		return o.pol.Accounts
	}
	return o.pol.Hosts
}

// freeze keeps the first reason for which a kind could not be read.
func (o *observer) freeze(err error, what string, kinds ...entity.Kind) {
	if err == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range kinds {
		if _, is := o.frozen[k]; !is && o.pol.reads(k) {
			o.frozen[k] = fmt.Sprintf("%s: %v", what, err)
		}
	}
}

func (o *observer) isFrozen(k entity.Kind) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, is := o.frozen[k]
	return is
}

// read makes all first walks at the same time.
func (o *observer) read(ctx context.Context) {
	var g errgroup.Group
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		o.readGroups(ctx, &g, k)
		if o.pol.reads(k) {
			o.readKind(ctx, &g, k)
		}
	}
	o.readUrgency(ctx, &g)
	o.readDetections(ctx, &g)
	_ = g.Wait()
}

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
func (o *observer) readUrgency(ctx context.Context, g *errgroup.Group) {
	least, kinds, depend := o.leastUrgency()
	if len(kinds) == 0 {
		return
	}
	g.Go(func() error {
		err := o.c.Entities(ctx, kinds, least, func(k entity.Kind, id string, urgency int) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.urgency[k] == nil {
				o.urgency[k] = map[string]int{}
			}
			o.urgency[k][id] = urgency
			return nil
		})
		o.freeze(err, "urgencies", depend...)
		return nil
	})
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

// readKind finds hosts or accounts by tag and by score.
func (o *observer) readKind(ctx context.Context, g *errgroup.Group, k entity.Kind) {
	if tags := o.pol.tags(k); len(tags) > 0 {
		g.Go(func() error { o.freeze(o.walk(ctx, k, entity.Query{Tags: tags}, nil), "tags", k); return nil })
	}
	r := o.rules(k)
	if r.Score != nil && !byUrgency(o.c, r.Urgency) {
		g.Go(func() error { o.freeze(o.walk(ctx, k, entity.Query{Floor: r.Score}, nil), "scores", k); return nil })
	}
}

// walk keeps what a query answers, where want says so.
func (o *observer) walk(ctx context.Context, k entity.Kind, q entity.Query, want func(entity.Target) bool) error {
	list := o.c.Hosts
	if k == entity.KindAccount {
		list = o.c.Accounts
	}
	return list(ctx, q, func(t entity.Target) error {
		if want == nil || want(t) {
			o.keep(t)
		}
		return nil
	})
}

func (o *observer) keep(t entity.Target) {
	t.Ref = o.ref(t.Kind, t.ID)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.found[t.Ref] = t
}

// missing are the ids of held targets of a kind that no walk has found.
func (o *observer) missing(k entity.Kind) []string {
	var ids []string
	for _, ref := range o.held {
		if _, ok := o.found[ref]; ref.Source == o.source && ref.Kind == k && !ok {
			ids = append(ids, ref.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
