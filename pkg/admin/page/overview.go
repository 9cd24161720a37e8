package page

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// overview is the first page.
type overview struct {
	frame
	Status  view.Status
	Held    int
	States  []count
	Worries []worry
	Filter  filter
	Rows    []view.Holding
	// Found are how many rows there are on all pages.
	Found   int
	Pager   pager
	Sources []source
	Orders  []view.Order
	// More is how many orders are not shown.
	More int
}

// count is how many there are of something.
type count struct {
	Name string
	N    int
}

// source is where targets come from, with its last pass.
type source struct {
	Name string
	// Configured: it is expected to be read completely.
	Configured bool
	Complete   view.Source
	Pass       *view.Pass
	Did        string
}

func (p *pages) overview(ctx context.Context, r *http.Request) (answer, error) {
	f, err := filterOf(r)
	if err != nil {
		return answer{}, err
	}
	s, err := p.Data.Status(ctx)
	if err != nil {
		return answer{}, err
	}
	o := overview{frame: p.frame("overview", s.Stopped), Status: s, Filter: f.choices(s), Sources: sourcesOf(s)}
	o.Worries = p.worries(s, o.Now)
	o.Held, o.States = countStates(s.Holdings)
	found := f.leave(s.Holdings)
	o.Found = len(found)
	o.Rows, o.Pager = pageOf(found, f.Page, "/", f.values())
	o.Orders = s.Orders[:min(len(s.Orders), perPage)]
	o.More = len(s.Orders) - len(o.Orders)
	o.frame = o.titled(thousands(o.Held) + " held")
	return p.sheet("overview", http.StatusOK, o)
}

// countStates counts what is held, and how far it got.
func countStates(all []view.Holding) (held int, states []count) {
	counts := map[entity.State]int{}
	for i := range all {
		counts[all[i].State]++
	}
	for _, s := range everyState {
		if counts[s] > 0 {
			states = append(states, count{string(s), counts[s]})
		}
	}
	return len(all) - counts[entity.Refused], states
}

// everyState is in the order in which they are shown.
var everyState = []entity.State{entity.Complete, entity.Partial, entity.Pending, entity.Releasing, entity.Refused}

// sourcesOf joins what is known of each source.
func sourcesOf(s view.Status) []source {
	byName := map[string]*source{}
	of := func(name string) *source {
		if byName[name] == nil {
			byName[name] = &source{Name: name}
		}
		return byName[name]
	}
	for _, c := range s.Sources {
		one := of(c.Source)
		one.Configured, one.Complete = true, c
	}
	for i := range s.Passes {
		one := of(s.Passes[i].Source)
		one.Pass, one.Did = &s.Passes[i], did(s.Passes[i])
	}
	var all []source
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, *byName[name])
	}
	return all
}

// did are the counts of a pass in a few words.
func did(p view.Pass) string {
	var parts []string
	for _, name := range []string{"block", "renew", "repair", "groom", "release", "held back", "failed", "in part", "pending", "unsupported", "absent", "left", "keep", "spare"} {
		if n := p.Counts[name]; n > 0 {
			parts = append(parts, name+" "+thousands(n))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}
