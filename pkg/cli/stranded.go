package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// cures are what to do about what is kept since something is not configured any more; %s is its name.
var cures = map[plan.Rule]string{
	plan.RuleStranded:   `on blocker %[1]s, which is not configured: was it renamed in the file? give it its old name back, then "var config rename blocker.%[1]s blocker.NEW"; else configure it again to release them; only when it is gone for good, give up what is on its devices with "var release --blocker %[1]s --forget"`,
	plan.RulePlace:      `on blocker %[1]s, which blocks in another place now: move it back to release them; only when that place is gone for good, give up what is there with "var release --blocker %[1]s --forget"`,
	plan.RuleLostDevice: `on devices of blocker %[1]s that are not configured: were they renamed in the file? give them their old names back, then "var config rename blocker.%[1]s.device.OLD blocker.%[1]s.device.NEW"; else configure them again to release them there; only when they are gone for good, give up what is on them with "var release --blocker %[1]s --forget"`,
	plan.RuleLostSource: `for source %[1]s, which is not configured: was it renamed in the file? give it its old name back, then "var config rename brain.%[1]s brain.NEW"; else configure it again, or release them with "var release --source %[1]s"`,
}

// cureStatic is for the static list, which has no name of its own.
const cureStatic = `for source static, which is not configured: configure it again, or release them with "var release --source static"`

func cureOf(rule plan.Rule, name string) (text string, is bool) {
	if rule == plan.RuleLostSource && name == entity.SourceStatic {
		return cureStatic, true
	}
	cure, is := cures[rule]
	if !is {
		return "", false
	}
	return fmt.Sprintf(cure, name), true
}

// strandedTexts tell once for each blocker and source what nothing releases by itself, and what to do.
func strandedTexts(r reconcile.Report) []string {
	counts := map[string]int{}
	for _, it := range r.Plan.Items {
		for _, why := range it.Reasons {
			name := it.Blocker
			if why.Rule == plan.RuleLostSource {
				name = r.Source
			}
			if text, is := cureOf(why.Rule, name); is {
				counts[text]++
			}
		}
	}
	var texts []string
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		texts = append(texts, fmt.Sprintf("%d %s", counts[text], text))
	}
	return texts
}

func (a *App) printStranded(r reconcile.Report) {
	for _, text := range strandedTexts(r) {
		fmt.Fprintf(a.Err, "%s: stranded %s\n", r.Source, text)
	}
}
