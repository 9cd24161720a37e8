package selection

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// keyAsset says who calls a host a key asset; empty when nobody does, or when they are not to be spared.
func (o *observer) keyAsset(t *entity.Target) string {
	if !o.pol.SpareKeyAssets || t.Host == nil || !t.Host.KeyAsset {
		return ""
	}
	return "says " + o.source
}

// unseen says since when nobody saw a host at its address, where that is too long ago. What a brain does not tell
// the time of was not too long ago.
func (o *observer) unseen(t *entity.Target) string {
	if t.Host == nil || t.Host.LastSeen.IsZero() || !t.Host.LastSeen.Before(o.pol.UnseenBefore) {
		return ""
	}
	return fmt.Sprintf("%s at %s", t.Host.LastSeen.UTC().Format(time.RFC3339), t.Host.IP)
}

// untold reports that nobody said when a host was last seen, and it matters.
func (o *observer) untold(t *entity.Target) bool {
	return !o.pol.UnseenBefore.IsZero() && t.Host != nil && t.Host.LastSeen.IsZero()
}

// lookAgain asks for the hosts that would not be blocked since nobody saw them for long, or of which that is not known.
// A list tells of many only when they were last detected, which is longer ago, and of others not even that.
func (o *observer) lookAgain(ctx context.Context, seen []plan.Seen) {
	var asked []*plan.Seen
	for i := range seen {
		if s := &seen[i]; (s.Unseen != "" || o.untold(&s.Target)) && len(s.Matches) > 0 && !o.held[s.Target.Kind].has(s.Target.ID) {
			asked = append(asked, s)
		}
	}
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, s := range asked {
		g.Go(func() error { o.lookAt(ctx, s); return nil })
	}
	_ = g.Wait()
}

func (o *observer) lookAt(ctx context.Context, s *plan.Seen) {
	t, err := o.c.Target(ctx, s.Target.Ref)
	switch {
	case err == nil:
		s.Unseen = o.unseen(&t)
	case entity.ClassOf(err) != entity.Absent:
		o.freeze(err, fmt.Sprintf("%s %s", s.Target.Kind, s.Target.ID), s.Target.Kind)
	}
}
