package cli

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// strandedKey is where the journal remembers what nothing releases by itself.
const strandedKey = "stranded"

// stranding is what is stranded for one source for one reason. Name is the blocker's, or the source's.
type stranding struct {
	Source string    `json:"source"`
	Rule   plan.Rule `json:"rule"`
	Name   string    `json:"name"`
	// Digest tells which targets it is about.
	Digest string `json:"digest"`

	targets []*entity.Target
}

func (g stranding) same(o stranding) bool {
	return g.Source == o.Source && g.Rule == o.Rule && g.Name == o.Name
}

// strandings group what a report says is stranded, in the order in which it does.
func strandings(r reconcile.Report) (groups []stranding) {
	for i := range r.Plan.Items {
		it := &r.Plan.Items[i]
		for _, why := range it.Reasons {
			name := it.Blocker
			if why.Rule == plan.RuleLostSource {
				name = r.Source
			}
			if _, is := cureOf(why.Rule, name); !is {
				continue
			}
			g := stranding{Source: r.Source, Rule: why.Rule, Name: name}
			at := slices.IndexFunc(groups, g.same)
			if at < 0 {
				at, groups = len(groups), append(groups, g)
			}
			groups[at].targets = append(groups[at].targets, it.Target)
		}
	}
	for i := range groups {
		groups[i].Digest = digestOf(groups[i].targets)
	}
	return groups
}

func digestOf(targets []*entity.Target) string {
	refs := make([]string, len(targets))
	for i, t := range targets {
		refs[i] = t.Ref.String()
	}
	slices.Sort(refs)
	h := fnv.New128a()
	fmt.Fprint(h, strings.Join(refs, "\n"))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// announceStranded tells what is stranded, when it is something else than before. Only a pass over everything can say.
func (s *system) announceStranded(ctx context.Context, reports []reconcile.Report) error {
	if len(s.only) < len(entity.Kinds()) || len(s.names) > 0 {
		return nil
	}
	var was, now []stranding
	if err := s.recallInto(ctx, strandedKey, &was); err != nil {
		return err
	}
	for _, r := range reports {
		if r.Fatal != nil || r.Leased != nil {
			now = append(now, slices.DeleteFunc(slices.Clone(was), func(g stranding) bool { return g.Source != r.Source })...)
			continue
		}
		now = append(now, strandings(r)...)
	}
	return s.announceAs(ctx, strandedKey, now, s.strandedEvents(was, now)...)
}

func (s *system) strandedEvents(was, now []stranding) (events []entity.Event) {
	for _, g := range now {
		at := slices.IndexFunc(was, g.same)
		if at < 0 || was[at].Digest != g.Digest {
			cure, _ := cureOf(g.Rule, g.Name)
			events = append(events, s.strandedEvent(entity.EventStranded, g, g.text(), fmt.Sprintf("%d %s", len(g.targets), cure)))
		}
	}
	for _, g := range was {
		if !slices.ContainsFunc(now, g.same) {
			events = append(events, s.strandedEvent(entity.EventUnstranded, g, "", string(g.Rule)+" no more: "+g.Name))
		}
	}
	return events
}

func (s *system) strandedEvent(action string, g stranding, problem, reason string) entity.Event {
	e := s.sourceEvent(action, g.Source, problem, reason)
	if g.Rule != plan.RuleLostSource {
		e.Blocker = g.Name
	}
	return e
}

// mostNames is how many targets an announcement names.
const mostNames = 20

// text names those that are held.
func (g stranding) text() string {
	var names []string
	for _, t := range g.targets[:min(len(g.targets), mostNames)] {
		names = append(names, orDash(t.Name))
	}
	if more := len(g.targets) - mostNames; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%d held: %s", len(g.targets), strings.Join(names, ", "))
}
