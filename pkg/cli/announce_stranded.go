package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// strandedKey is where the journal remembers what nothing releases by itself.
const strandedKey = "stranded"

// renamedStranded is what was remembered of what is stranded, under the new name of a source or a blocker.
func renamedStranded(value string, r journal.Renaming) string {
	var groups []stranding
	if json.Unmarshal([]byte(value), &groups) != nil {
		return value
	}
	for i := range groups {
		g := &groups[i]
		is := journal.RenamedBlocker
		if g.Rule == plan.RuleLostSource {
			is = journal.RenamedSource
		}
		if r.Kind == is && g.Name == r.Old {
			g.Name = r.New
		}
		if r.Kind == journal.RenamedSource && g.Source == r.Old {
			g.Source = r.New
		}
	}
	now, err := json.Marshal(groups)
	if err != nil {
		return value
	}
	return string(now)
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
		for _, g := range strandings(r) {
			g.Digest = digestOf(g.targets)
			now = append(now, g)
		}
	}
	return s.announceAs(ctx, strandedKey, now, s.strandedEvents(was, now)...)
}

// digestOf tells which targets of a source these are, whatever it is called.
func digestOf(targets []*entity.Target) string {
	refs := make([]string, len(targets))
	for i, t := range targets {
		refs[i] = string(t.Kind) + "/" + t.ID
	}
	slices.Sort(refs)
	h := fnv.New128a()
	fmt.Fprint(h, strings.Join(refs, "\n"))
	return fmt.Sprintf("%x", h.Sum(nil))
}

func (s *system) strandedEvents(was, now []stranding) (events []entity.Event) {
	for _, g := range now {
		at := slices.IndexFunc(was, g.same)
		if at < 0 || was[at].Digest != g.Digest {
			events = append(events, s.strandedEvent(entity.EventStranded, g, g.names(), g.text()))
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

// names are those that are held.
func (g stranding) names() string {
	var names []string
	for _, t := range g.targets[:min(len(g.targets), mostNames)] {
		names = append(names, orDash(t.Name))
	}
	if more := len(g.targets) - mostNames; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%d held: %s", len(g.targets), strings.Join(names, ", "))
}
