package selection

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
)

// readDetections finds detections by tag, and in one further query all that rules
// want of active ones, for detections as well as for their hosts and accounts.
func (o *observer) readDetections(ctx context.Context, g *errgroup.Group) {
	if tags := o.pol.tags(entity.KindDetection); o.pol.reads(entity.KindDetection) && len(tags) > 0 {
		g.Go(func() error {
			o.freeze(o.c.Detections(ctx, o.detections(entity.Query{Tags: tags}), o.keepFinding), "tags of detections", entity.KindDetection)
			return nil
		})
	}
	q, depend := o.activeQuery()
	if len(depend) > 0 {
		g.Go(func() error {
			o.freeze(o.c.Detections(ctx, o.detections(q), o.keepFinding), "active detections", depend...)
			return nil
		})
	}
}

// detections asks of what is held for no more than the rules need.
func (o *observer) detections(q entity.Query) entity.Query {
	q.Bare = o.bare
	return q
}

// activeQuery is the one query over active detections that serves every rule, and the kinds whose rules need it.
func (o *observer) activeQuery() (q entity.Query, depend []entity.Kind) {
	q = entity.Query{Active: true, Untriaged: true, Lean: true, Where: o.look}
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		if types := o.rules(k).Types; o.pol.reads(k) && len(types) > 0 {
			q.Types, depend = append(q.Types, types...), append(depend, k)
		}
	}
	d := o.pol.Detections
	if o.pol.reads(entity.KindDetection) && (len(d.Types) > 0 || o.byHost()) {
		q.Types, q.Lean, depend = append(q.Types, d.Types...), false, append(depend, entity.KindDetection)
		if o.byHost() {
			q.Types = nil
		}
	}
	slices.Sort(q.Types)
	q.Types = slices.Compact(q.Types)
	return q, depend
}

// byHost reports that detections are wanted for the score or urgency of their host.
func (o *observer) byHost() bool {
	return o.pol.Detections.HostScore != nil || byUrgency(o.c, o.pol.Detections.HostUrgency)
}

// look counts an active detection for its host and account, and reports whether it is wanted itself. Of all of them few
// are, and of the others nothing is read but what stands here.
func (o *observer) look(f *entity.Finding) bool {
	o.credit(entity.KindHost, f.SourceHost, f.Detection.Type)
	o.credit(entity.KindAccount, f.SourceAccount, f.Detection.Type)
	return o.wants(f)
}

// wants reports that a rule about detections may match.
func (o *observer) wants(f *entity.Finding) bool {
	return o.pol.reads(entity.KindDetection) && (slices.Contains(o.pol.Detections.Types, f.Detection.Type) || o.mayMatchHost(f))
}

// mayMatchHost reports that a detection's host is as the rules want it, which may have to be read first.
func (o *observer) mayMatchHost(f *entity.Finding) bool {
	d := o.pol.Detections
	switch {
	case f.SourceHost == nil || informational(f.Detection):
		return false
	case byUrgency(o.c, d.HostUrgency):
		<-o.rated
		return o.urgency[entity.KindHost][f.SourceHost.ID] >= *d.HostUrgency
	}
	return d.HostScore != nil && d.HostScore.Met(f.SourceHost.Score)
}

// credit notes that a host or account has an active detection of a listed type.
func (o *observer) credit(k entity.Kind, origin *entity.Origin, typ string) {
	r := o.rules(k)
	if origin == nil || !o.pol.reads(k) || !slices.Contains(r.Types, typ) {
		return
	}
	if r.TypesScore != nil && !r.TypesScore.Met(origin.Score) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.types[k].put(origin.ID, o.with(o.types[k].get(origin.ID), typ))
}

// with is a set of types and one more.
func (o *observer) with(known *types, typ string) *types {
	if known == nil {
		known = &types{}
	}
	if slices.Contains(known.names, typ) {
		return known
	}
	names := entity.Union(known.names, []string{typ})
	key := strings.Join(names, "\x00")
	if o.same[key] == nil {
		o.same[key] = &types{names, strings.Join(names, ", ")}
	}
	return o.same[key]
}

// keepFinding never fails.
func (o *observer) keepFinding(f entity.Finding) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.Source = o.source
	o.sources.put(f.ID, sources{f.SourceHost, f.SourceAccount})
	o.found.put(f.Target)
	return nil
}

// informational detections say nothing bad of a host.
func informational(d *entity.Detection) bool {
	return strings.HasPrefix(strings.ToLower(d.Category), "info")
}
