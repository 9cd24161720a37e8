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
			err := o.c.Detections(ctx, entity.Query{Tags: tags}, func(f entity.Finding) error { o.keepFinding(f); return nil })
			o.freeze(err, "tags of detections", entity.KindDetection)
			return nil
		})
	}
	q, depend := o.activeQuery()
	if len(depend) > 0 {
		g.Go(func() error {
			o.freeze(o.c.Detections(ctx, q, func(f entity.Finding) error { o.take(f); return nil }), "active detections", depend...)
			return nil
		})
	}
}

// activeQuery is the one query over active detections that serves every rule, and the kinds whose rules need it.
func (o *observer) activeQuery() (q entity.Query, depend []entity.Kind) {
	q = entity.Query{Active: true, Untriaged: true, Lean: true}
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

// take sorts an active detection into the rules that want it.
func (o *observer) take(f entity.Finding) {
	o.credit(entity.KindHost, f.SourceHost, f)
	o.credit(entity.KindAccount, f.SourceAccount, f)
	d := o.pol.Detections
	if o.pol.reads(entity.KindDetection) && (slices.Contains(d.Types, f.Detection.Type) || o.mayMatchHost(f)) {
		o.keepFinding(f)
	}
}

// mayMatchHost leaves out at once what its host's score rules out: of all active detections few
// are wanted. Urgencies are still being read.
func (o *observer) mayMatchHost(f entity.Finding) bool {
	d := o.pol.Detections
	if f.SourceHost == nil || informational(f) {
		return false
	}
	return byUrgency(o.c, d.HostUrgency) || d.HostScore != nil && d.HostScore.Met(f.SourceHost.Score)
}

// credit notes that a host or account has an active detection of a listed type.
func (o *observer) credit(k entity.Kind, origin *entity.Origin, f entity.Finding) {
	r := o.rules(k)
	if origin == nil || !o.pol.reads(k) || !slices.Contains(r.Types, f.Detection.Type) {
		return
	}
	if r.TypesScore != nil && !r.TypesScore.Met(origin.Score) {
		return
	}
	ref := o.ref(k, origin.ID)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.types[ref] = entity.Union(o.types[ref], []string{f.Detection.Type})
}

func (o *observer) keepFinding(f entity.Finding) {
	f.Ref = o.ref(entity.KindDetection, f.ID)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.found[f.Ref] = f.Target
	o.findings[f.Ref] = f
}

// informational detections say nothing bad of a host.
func informational(f entity.Finding) bool {
	return strings.HasPrefix(strings.ToLower(f.Detection.Category), "info")
}
