package cli

import (
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/admin"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/reconcile"
)

// finding is what the last pass over a source left to be looked at.
type finding struct {
	problem string
	gates   []admin.Gate
	// stranded counts what nothing releases by itself.
	stranded int
}

// findingOf is a report in brief. Of a pass that another process was making nothing is known.
func findingOf(r reconcile.Report) (f finding, made bool) {
	if r.Leased != nil {
		return f, false
	}
	var why []string
	if text := incomplete(r); text != "" {
		why = append(why, text)
	}
	if r.Err != nil {
		why = append(why, inert.Line(eachOnce(r.Err.Error())))
	}
	f.problem = strings.Join(why, "; ")
	for _, g := range r.Plan.Gates {
		f.gates = append(f.gates, admin.Gate{Source: r.Source, Kind: string(g.Kind), Direction: g.Direction, Why: g.Why})
	}
	for i := range r.Plan.Items {
		if r.Plan.Items[i].Stranded() {
			f.stranded++
		}
	}
	return f, true
}

// problems are sentences about a source for whoever is on call.
func (f finding) problems(source string) []string {
	var all []string
	if f.problem != "" {
		all = append(all, fmt.Sprintf("source %s: %s", source, f.problem))
	}
	for _, g := range f.gates {
		all = append(all, fmt.Sprintf("gate of source %s: %s; see \"var plan\", then \"var run --force\"", source, g.Why))
	}
	if f.stranded > 0 {
		all = append(all, fmt.Sprintf("source %s: %d blocks are stranded, nothing releases them by itself; \"var run\" says what to do", source, f.stranded))
	}
	return all
}
