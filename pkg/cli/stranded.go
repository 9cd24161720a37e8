package cli

import (
	"fmt"
	"slices"
	"strings"

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

// stranding is what is stranded for one source for one reason. Name is the blocker's, or the source's.
type stranding struct {
	Source string    `json:"source"`
	Rule   plan.Rule `json:"rule"`
	Name   string    `json:"name"`
	// Digest tells which targets it is about.
	Digest string `json:"digest"`

	targets []*entity.Target
	cure    string
}

func (g stranding) same(o stranding) bool {
	return g.Source == o.Source && g.Rule == o.Rule && g.Name == o.Name
}

// text says how much it is, and what to do.
func (g stranding) text() string { return fmt.Sprintf("%d %s", len(g.targets), g.cure) }

// strandings group what a report says is stranded, in the order in which it does.
func strandings(r reconcile.Report) (groups []stranding) {
	for i := range r.Plan.Items {
		it := &r.Plan.Items[i]
		for _, why := range it.Reasons {
			g := stranding{Source: r.Source, Rule: why.Rule, Name: it.Blocker}
			if why.Rule == plan.RuleLostSource {
				g.Name = r.Source
			}
			var is bool
			if g.cure, is = cureOf(g.Rule, g.Name); !is {
				continue
			}
			at := slices.IndexFunc(groups, g.same)
			if at < 0 {
				at, groups = len(groups), append(groups, g)
			}
			groups[at].targets = append(groups[at].targets, it.Target)
		}
	}
	return groups
}

// strandedTexts tell once for each blocker and source what nothing releases by itself, and what to do.
func strandedTexts(r reconcile.Report) (texts []string) {
	groups := strandings(r)
	slices.SortFunc(groups, func(a, b stranding) int { return strings.Compare(a.cure, b.cure) })
	for _, g := range groups {
		texts = append(texts, g.text())
	}
	return texts
}

func (a *App) printStranded(r reconcile.Report) {
	for _, text := range strandedTexts(r) {
		fmt.Fprintf(a.Err, "%s: stranded %s\n", r.Source, text)
	}
}
