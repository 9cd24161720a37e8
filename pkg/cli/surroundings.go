package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

// printSurroundings tells for people what is not a holding.
func (a *App) printSurroundings(v view.Status) {
	for _, o := range v.Orders {
		fmt.Fprintf(a.Err, "%s %s: %s\n", entity.Ref{Source: o.Source, Kind: o.Kind, ID: o.ID}, inert.Text(o.Name), o.Words())
	}
	for _, d := range v.Devices {
		fmt.Fprintf(a.Err, "%s %s: %s\n", d.Blocker, d.Device, d.Words())
	}
	for _, name := range uncompared(v) {
		fmt.Fprintf(a.Err, "%s: not compared with what its devices list\n", name)
	}
	for _, s := range v.Sources {
		text := "never read completely"
		if !s.Complete.IsZero() {
			text = "last read completely " + view.Stamp(s.Complete)
		}
		fmt.Fprintf(a.Err, "%s: %s\n", s.Source, text)
	}
	for _, p := range v.Passes {
		a.printPassState(p)
	}
	for _, c := range v.Channels {
		if text := c.Text(); text != "" {
			fmt.Fprintln(a.Err, "notify:", text)
		}
	}
	if v.Listener != nil {
		fmt.Fprintln(a.Err, "admin:", v.Listener.Words())
	}
	for _, l := range v.Leases {
		fmt.Fprintf(a.Err, "%s: %s is at work since %s\n", l.Name, l.Holder, view.Stamp(l.Since))
	}
}

// printPassState tells what the last pass over a source left for somebody to look at.
func (a *App) printPassState(p view.Pass) {
	for _, g := range p.Gates {
		fmt.Fprintf(a.Err, "%s: gate: %s%s\n", p.Source, inert.Line(g.Why), wayPast)
	}
	for _, text := range p.Stranded {
		fmt.Fprintf(a.Err, "%s: stranded %s\n", p.Source, text)
	}
}

// uncompared are blockers that hold something of which no comparison tells.
func uncompared(v view.Status) []string {
	names := map[string]bool{}
	for _, h := range v.Holdings {
		names[h.Blocker] = true
	}
	for _, d := range v.Devices {
		delete(names, d.Blocker)
	}
	return slices.Sorted(maps.Keys(names))
}
