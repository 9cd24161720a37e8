package cli

import (
	"fmt"
	"maps"
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
	Errors        []string       `json:"errors,omitempty"`
	OpenNotes     int            `json:"open_notes,omitempty"`
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
	// Result is done, in part, pending, unsupported, absent or failed; empty when nothing was to be done.
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
	v := sourceView{Source: r.Source, Frozen: r.Plan.Frozen, UnknownLabels: r.Strays, Items: []itemView{}, OpenNotes: r.Notes}
	results := map[itemKey]dispatch.Result{}
	for _, res := range r.Results {
		results[keyOf(res.Item)] = res
	}
	for _, it := range r.Plan.Items {
		iv := viewItem(it)
		if res, ok := results[keyOf(it)]; ok {
			iv.Result, iv.Error = resultText(res), errorText(res.Err)
		}
		v.Items = append(v.Items, iv)
	}
	for _, s := range r.Plan.Strips {
		v.Tags = append(v.Tags, tagView{Kind: s.Ref.Kind, ID: s.Ref.ID, Remove: s.Tag, Because: "release tag " + s.Release})
	}
	for _, err := range []error{r.Fatal, r.Err} {
		if err != nil {
			v.Errors = append(v.Errors, strings.Split(err.Error(), "\n")...)
		}
	}
	return v
}

type itemKey struct {
	ref     entity.Ref
	blocker string
}

func keyOf(it plan.Item) itemKey { return itemKey{it.Target.Ref, it.Blocker} }

func viewItem(it plan.Item) itemView {
	return itemView{
		Action: it.Action, Kind: it.Target.Kind, ID: it.Target.ID, Name: it.Target.Name, Blocker: it.Blocker,
		Reasons: it.Reasons, Elements: it.Elements, Held: it.Held.Elements, Leaves: it.Leaves,
	}
}

func resultText(r dispatch.Result) string {
	switch class := entity.ClassOf(r.Err); {
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

// printPass shows what is to be done, or was: what is merely kept is counted unless everything is
// asked for, and what is spared too once it is no news.
func (a *App) printPass(reports []reconcile.Report, dryRun, all bool) error {
	if a.json() {
		return a.printJSON(viewPass(reports, dryRun))
	}
	var rows [][]string
	for _, r := range reports {
		rows = append(rows, passRows(viewSource(r), dryRun, all)...)
	}
	header := []string{"SOURCE", "ACTION", "KIND", "NAME", "ELEMENTS", "BLOCKER", "RESULT", "WHY"}
	if len(rows) > 0 {
		if err := a.printTable(header, rows); err != nil {
			return err
		}
	}
	for _, r := range reports {
		a.printTroubles(r)
	}
	text := summary(reports, dryRun)
	if !a.ErrTerminal && !dryRun {
		text += " (" + stamp(a.Now()) + ")" // a log has many
	}
	_, err := fmt.Fprintln(a.Err, text)
	return err
}

func passRows(v sourceView, dryRun, all bool) [][]string {
	var rows [][]string
	for _, it := range v.Items {
		if !all && !noteworthy(it, dryRun) {
			continue
		}
		rows = append(rows, []string{
			v.Source, string(it.Action), string(it.Kind), orDash(it.Name), orDash(shortList(touched(it))), it.Blocker,
			orDash(it.Result), why(it),
		})
	}
	for _, t := range v.Tags {
		rows = append(rows, []string{v.Source, "untag", string(t.Kind), t.ID, t.Remove, "-", "-", t.Because})
	}
	return rows
}

// worthTelling are the rules that keep something for a reason which somebody may have to act on.
var worthTelling = []plan.Rule{plan.RuleStranded, plan.RuleLostDevice, plan.RuleLostSource, plan.RuleNoUndo, plan.RuleUnsupported}

// noteworthy items change something, or are kept for a reason that somebody may have to act on. Frozen
// kinds are told once, not with each item.
func noteworthy(it itemView, dryRun bool) bool {
	switch it.Action {
	case entity.ActionSpare:
		return dryRun
	case entity.ActionKeep:
		return slices.ContainsFunc(it.Reasons, func(r plan.Reason) bool { return slices.Contains(worthTelling, r.Rule) })
	}
	return true
}

func touched(it itemView) []string {
	switch it.Action {
	case entity.ActionRelease, entity.ActionKeep:
		return it.Held
	}
	return it.Elements
}

// shortList keeps a cell readable; JSON has everything.
func shortList(elements []string) string {
	const most = 3
	if len(elements) > most {
		return fmt.Sprintf("%s +%d", strings.Join(elements[:most], " "), len(elements)-most)
	}
	return strings.Join(elements, " ")
}

func why(it itemView) string {
	text := reasonsText(it.Reasons)
	if it.Error != "" {
		text += " — " + it.Error
	}
	return text
}

func reasonsText(reasons []plan.Reason) string {
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		texts[i] = r.String()
	}
	return strings.Join(texts, "; ")
}

// printTroubles tells what stands behind a pass that is not whole, and what to do.
func (a *App) printTroubles(r reconcile.Report) {
	kinds := map[string][]string{}
	for _, kind := range slices.Sorted(maps.Keys(r.Plan.Frozen)) {
		kinds[r.Plan.Frozen[kind]] = append(kinds[r.Plan.Frozen[kind]], string(kind))
	}
	for _, why := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(a.Err, "%s: frozen, nothing is blocked or released: %s: %s\n", r.Source, strings.Join(kinds[why], " and "), oneLine(why))
	}
	for _, label := range slices.Sorted(maps.Keys(r.Strays)) {
		fmt.Fprintf(a.Err, "%s: receipt tags of %d entities name the label %q, which no blocker has: kept as they are; configure a blocker with this label to release them\n",
			r.Source, r.Strays[label], label)
	}
	for _, err := range []error{r.Fatal, r.Err} {
		if err != nil {
			fmt.Fprintf(a.Err, "%s: %v\n", r.Source, err)
		}
	}
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "; ") }

// summary counts, in one line: what was to be done, and what of it did not simply succeed.
func summary(reports []reconcile.Report, dryRun bool) string {
	counts := map[string]int{}
	for _, r := range reports {
		for _, it := range r.Plan.Items {
			counts[string(it.Action)]++
		}
		for _, res := range r.Results {
			counts[resultText(res)]++
		}
	}
	head := "pass: "
	if dryRun {
		head = "plan: "
	}
	text := counted(counts, "block", "renew", "groom", "release", "keep", "spare")
	if text == "" {
		text = "nothing to do"
	}
	if trouble := counted(counts, "failed", "in part", "pending", "absent", "unsupported"); trouble != "" {
		text += "; of these " + trouble
	}
	return head + text
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

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
