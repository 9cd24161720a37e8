package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// printPass shows what is to be done, or was: what is merely kept is counted unless everything is
// asked for, and what is spared too once it is no news.
func (a *App) printPass(reports []reconcile.Report, dryRun, all bool) error {
	if a.json() {
		return a.printJSON(viewPass(reports, dryRun))
	}
	var rows [][]string
	for _, r := range reports {
		rows = append(rows, passRows(r, dryRun, all)...)
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
	if !dryRun {
		text += " (" + view.Stamp(a.Now()) + ")" // a log has many, and so has the terminal of a loop
	}
	_, err := fmt.Fprintln(a.Err, text)
	return err
}

// toldBefore are the gates that hold back what they held back in the pass before.
func toldBefore(r reconcile.Report, dryRun bool) map[string]bool {
	told := map[string]bool{}
	for _, g := range r.Plan.Gates {
		told[g.Why] = !dryRun && !slices.Contains(r.Announce, g)
	}
	return told
}

func passRows(r reconcile.Report, dryRun, all bool) [][]string {
	var rows [][]string
	told := toldBefore(r, dryRun)
	for it := range viewItems(r) {
		if !all && (told[it.HeldBack] || it.Waits && !dryRun || !noteworthy(it, dryRun)) {
			continue
		}
		rows = append(rows, []string{
			r.Source, string(it.Action), string(it.Kind), orDash(it.Name), orDash(shortList(touched(it))), it.Blocker,
			orDash(outcome(it)), why(it),
		})
	}
	for _, s := range r.Plan.Strips {
		t := viewStrip(s)
		rows = append(rows, []string{r.Source, "untag", string(t.Kind), t.ID, t.Remove, "-", "-", t.Because})
	}
	return rows
}

// outcome is what became of an item, also where that was decided before.
func outcome(it view.Item) string {
	if it.HeldBack != "" {
		return heldBack
	}
	return it.Result
}

// worthTelling are the rules that keep something for a reason which somebody may have to act on.
var worthTelling = []plan.Rule{plan.RuleStranded, plan.RulePlace, plan.RuleLostDevice, plan.RuleLostSource, plan.RuleNoUndo, plan.RuleUnsupported}

// noteworthy items change something, or are kept for a reason that somebody may have to act on. Frozen
// kinds are told once, not with each item.
func noteworthy(it view.Item, dryRun bool) bool {
	switch it.Action {
	case entity.ActionSpare:
		return dryRun
	case entity.ActionKeep:
		return slices.ContainsFunc(it.Reasons, func(r plan.Reason) bool { return slices.Contains(worthTelling, r.Rule) })
	}
	return true
}

func touched(it view.Item) []string {
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

func why(it view.Item) string {
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
		fmt.Fprintf(a.Err, "%s: frozen, nothing is blocked or released: %s: %s\n", r.Source, strings.Join(kinds[why], " and "), inert.Line(why))
	}
	a.printHeldBack(r)
	a.printStranded(r)
	for _, label := range slices.Sorted(maps.Keys(r.Strays)) {
		fmt.Fprintf(a.Err, "%s: receipt tags of %d entities name the label %q, which no blocker has: kept as they are; configure a blocker with this label, or drop them with \"var release --label %q --forget\"\n",
			r.Source, r.Strays[label], label, label)
	}
	for _, o := range r.Orphans {
		if !o.Take {
			fmt.Fprintf(a.Err, "%s: %s on %s has no holder and is left there: %s\n", o.Blocker, o.Element, o.Device, inert.Line(o.Why))
		}
	}
	if r.Left() > 0 {
		fmt.Fprintf(a.Err, "%s: %s %v\n", r.Source, leftText(r.Left()-r.Tags, r.Tags), r.WhyLeft())
	}
	for _, err := range []error{r.Leased, r.Fatal, r.Err} {
		if err != nil {
			fmt.Fprintf(a.Err, "%s: %s\n", r.Source, eachOnce(err.Error()))
		}
	}
}

// leftText names what there was no time for.
func leftText(changes, tags int) string {
	var what []string
	if changes > 0 {
		what = append(what, fmt.Sprintf("%d of the changes", changes))
	}
	if tags > 0 {
		what = append(what, fmt.Sprintf("the tags of %d entities", tags))
	}
	return strings.Join(what, " and ")
}

// wayPast is what to do about a gate.
const wayPast = `; look at "var plan", then "var run --force --reason TEXT", or "var plan -o FILE" and "var apply FILE"`

// printHeldBack tells each gate, pause, panic or window once, however much it stopped, and the way past it.
func (a *App) printHeldBack(r reconcile.Report) {
	counts := map[string]int{}
	for it := range viewItems(r) {
		if it.HeldBack != "" {
			counts[it.HeldBack]++
		}
	}
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		text := fmt.Sprintf("%s: held back %d: %s", r.Source, counts[why], inert.Line(why))
		if slices.ContainsFunc(r.Plan.Gates, func(g plan.Gate) bool { return g.Why == why }) {
			text += wayPast
		}
		fmt.Fprintln(a.Err, text)
	}
	for _, g := range r.Plan.Lifted {
		fmt.Fprintf(a.Err, "%s: let through by force: %s\n", r.Source, inert.Line(g.Why))
	}
}

// summary counts, in one line: what was to be done, and what of it did not simply succeed.
func summary(reports []reconcile.Report, dryRun bool) string {
	counts := map[string]int{}
	frozen := 0
	for _, r := range reports {
		frozen += len(r.Plan.Frozen)
		for what, n := range tally(r) {
			counts[what] += n
		}
	}
	head := "pass: "
	if dryRun {
		head = "plan: "
	}
	text := counted(counts, "block", "renew", "repair", "groom", "release", "keep", "spare")
	switch {
	case text == "" && frozen > 0:
		text = "nothing to do for what could be read"
	case text == "":
		text = "nothing to do"
	}
	if trouble := counted(counts, heldBack, leftOver, "failed", "in part", "pending", "absent", "unsupported"); trouble != "" {
		text += "; of these " + trouble
	}
	if frozen > 0 {
		text += "; nothing could be decided for " + plural(frozen, "frozen kind")
	}
	return head + text
}
