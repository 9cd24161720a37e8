package cli

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
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
	Items         []view.Item    `json:"items"`
	Tags          []tagView      `json:"tags,omitempty"`
	// Gates are the limits that were exceeded, Lifted those that would have been without force.
	Gates  []view.Gate `json:"gates,omitempty"`
	Lifted []view.Gate `json:"lifted,omitempty"`
	Errors []string    `json:"errors,omitempty"`
	// Left counts what was not begun before run.deadline: items, and entities whose tags are to be written.
	Left      int `json:"left,omitempty"`
	OpenNotes int `json:"open_notes,omitempty"`
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
		Source: r.Source, Frozen: r.Plan.Frozen, UnknownLabels: r.Strays, Items: []view.Item{}, OpenNotes: r.Notes, Left: r.Left(),
		Gates: view.GatesOf(r.Plan.Gates), Lifted: view.GatesOf(r.Plan.Lifted),
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
func viewItems(r reconcile.Report) iter.Seq[view.Item] {
	results := make(map[itemKey]*dispatch.Result, len(r.Results))
	for i := range r.Results {
		results[keyOf(r.Results[i].Item)] = &r.Results[i]
	}
	return func(yield func(view.Item) bool) {
		for i := range r.Plan.Items {
			v := view.ItemOf(r.Plan.Items[i])
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

func counted(counts map[string]int, names ...string) string {
	var parts []string
	for _, name := range names {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
		}
	}
	return strings.Join(parts, ", ")
}
