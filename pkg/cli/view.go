package cli

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// passView is the stable shape of plan and run in JSON.
type passView struct {
	Schema  int          `json:"schema"`
	DryRun  bool         `json:"dry_run,omitempty"`
	Sources []sourceView `json:"sources"`
}

type sourceView struct {
	Source string `json:"source"`
	// Frozen are kinds that were not read completely, with why.
	Frozen map[entity.Kind]string `json:"frozen,omitempty"`
	// UnknownLabels are labels in receipt tags that no blocker has, with the number of entities.
	UnknownLabels map[string]int `json:"unknown_labels,omitempty"`
	Items         []itemView     `json:"items"`
	Tags          []tagView      `json:"tags,omitempty"`
	// Gates are the limits that were exceeded, Lifted those that would have been without force.
	Gates  []gateView `json:"gates,omitempty"`
	Lifted []gateView `json:"lifted,omitempty"`
	Errors []string   `json:"errors,omitempty"`
	// Left counts what was not begun before run.deadline: items, and entities whose tags are to be written.
	Left      int `json:"left,omitempty"`
	OpenNotes int `json:"open_notes,omitempty"`
}

type gateView struct {
	// Kind is empty where the whole source is only planned.
	Kind      entity.Kind `json:"kind,omitempty"`
	Direction string      `json:"direction"`
	Count     int         `json:"count"`
	Limit     int         `json:"limit"`
	Held      int         `json:"held"`
	Why       string      `json:"why"`
}

type itemView struct {
	Action   entity.Action `json:"action"`
	Kind     entity.Kind   `json:"kind"`
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Blocker  string        `json:"blocker"`
	Reasons  []plan.Reason `json:"reasons"`
	Elements []string      `json:"elements,omitempty"`
	Held     []string      `json:"held,omitempty"`
	Leaves   []string      `json:"leaves,omitempty"`
	// HeldBack is the gate, pause, panic or window for which nothing is done. Waits: it is only until the window opens.
	HeldBack string `json:"held_back,omitempty"`
	Waits    bool   `json:"waits,omitempty"`
	// Result is done, in part, pending, unsupported, absent, failed, or left for the next pass; empty when nothing was to be done.
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

type tagView struct {
	Kind    entity.Kind `json:"kind"`
	ID      string      `json:"id"`
	Remove  string      `json:"remove"`
	Because string      `json:"because"`
}

func viewPass(reports []reconcile.Report, dryRun bool) passView {
	v := passView{Schema: 1, DryRun: dryRun, Sources: []sourceView{}}
	for _, r := range reports {
		v.Sources = append(v.Sources, viewSource(r))
	}
	return v
}

func viewSource(r reconcile.Report) sourceView {
	v := sourceView{
		Source: r.Source, Frozen: r.Plan.Frozen, UnknownLabels: r.Strays, Items: []itemView{}, OpenNotes: r.Notes, Left: r.Left(),
		Gates: viewGates(r.Plan.Gates), Lifted: viewGates(r.Plan.Lifted),
	}
	v.Items = slices.AppendSeq(v.Items, viewItems(r))
	for _, s := range r.Plan.Strips {
		v.Tags = append(v.Tags, viewStrip(s))
	}
	for _, err := range []error{r.Leased, r.Fatal, r.Err} {
		if err != nil {
			v.Errors = append(v.Errors, strings.Split(eachOnce(err.Error()), "\n")...)
		}
	}
	return v
}

// viewItems are the items of a plan with what became of them, one after the other: there may be very many.
func viewItems(r reconcile.Report) iter.Seq[itemView] {
	results := make(map[itemKey]*dispatch.Result, len(r.Results))
	for i := range r.Results {
		results[keyOf(r.Results[i].Item)] = &r.Results[i]
	}
	return func(yield func(itemView) bool) {
		for i := range r.Plan.Items {
			v := viewItem(r.Plan.Items[i])
			v.Waits = r.Plan.Waits(r.Plan.Items[i])
			if res := results[keyOf(r.Plan.Items[i])]; res != nil {
				v.Result, v.Error = resultText(*res), errorText(res.Err)
				v.HeldBack = cmp.Or(v.HeldBack, res.HeldBack)
			}
			if !yield(v) {
				return
			}
		}
	}
}

func viewStrip(s plan.Strip) tagView {
	return tagView{Kind: s.Ref.Kind, ID: s.Ref.ID, Remove: s.Tag, Because: "release tag " + s.Release}
}

type itemKey struct {
	ref     entity.Ref
	blocker string
}

func keyOf(it plan.Item) itemKey { return itemKey{it.Target.Ref, it.Blocker} }

func viewItem(it plan.Item) itemView {
	return itemView{
		Action: it.Action, Kind: it.Target.Kind, ID: it.Target.ID, Name: it.Target.Name, Blocker: it.Blocker,
		Reasons: it.Reasons, Elements: it.Elements, Held: it.Receipt().Elements, Leaves: it.Leaves, HeldBack: it.Gated,
	}
}

func viewGates(gates []plan.Gate) []gateView {
	var views []gateView
	for _, g := range gates {
		views = append(views, gateView{Kind: g.Kind, Direction: g.Direction, Count: g.Count, Limit: g.Limit, Held: g.Held, Why: g.Why})
	}
	return views
}

// heldBack is the result of what a gate, a pause, a panic or the window stopped.
const heldBack = "held back"

// leftOver is the result of what was not begun before the deadline of the pass.
const leftOver = "left"

func resultText(r dispatch.Result) string {
	switch class := entity.ClassOf(r.Err); {
	case r.HeldBack != "":
		return heldBack
	case r.Left():
		return leftOver
	case r.Partial():
		return "in part"
	case r.Failed():
		return "failed"
	case r.Holding != nil && r.Holding.State == entity.Pending:
		return "pending"
	case r.Err != nil && r.Holding != nil && r.Holding.State == entity.Complete:
		return "done"
	case r.Err != nil:
		return string(class)
	}
	return "done"
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// eachOnce leaves out lines that were there before: one cause may stop many steps.
func eachOnce(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func oneLine(text string) string { return legible(strings.ReplaceAll(text, "\n", "; ")) }

func counted(counts map[string]int, names ...string) string {
	var parts []string
	for _, name := range names {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
		}
	}
	return strings.Join(parts, ", ")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
