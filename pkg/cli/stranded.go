package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// cures are what to do about what is kept since something is not configured any more; %s is its name.
var cures = map[plan.Rule]string{
	plan.RuleStranded:   `on blocker %[1]s, which is not configured: configure it again to release them, or forget them with "var release --blocker %[1]s --forget"`,
	plan.RulePlace:      `on blocker %[1]s, which blocks in another place now: move it back to release them, or forget them with "var release --blocker %[1]s --forget"`,
	plan.RuleLostDevice: `on devices of blocker %[1]s that are not configured: configure them again to release them there, or forget them with "var release --blocker %[1]s --forget"`,
	plan.RuleLostSource: `for source %[1]s, which is not configured: configure it again, or release them with "var release --source %[1]s"`,
}

// printStranded tells once for each blocker and source what nothing releases by itself, and what to do.
func (a *App) printStranded(r reconcile.Report) {
	counts := map[string]int{}
	for _, it := range r.Plan.Items {
		for _, why := range it.Reasons {
			cure, is := cures[why.Rule]
			if !is {
				continue
			}
			name := it.Blocker
			if why.Rule == plan.RuleLostSource {
				name = r.Source
			}
			counts[fmt.Sprintf(cure, name)]++
		}
	}
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(a.Err, "%s: stranded %d %s\n", r.Source, counts[text], text)
	}
}
