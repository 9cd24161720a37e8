package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// A brief plan says all that a full one does but for what is held as it should be, which it counts.
func TestABriefPlanLeavesOutOnlyWhatIsAsItShouldBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		full := w.compute()
		w.policy.Brief = true
		brief := w.compute()
		fine := func(it plan.Item) bool {
			return it.Action == entity.ActionKeep && it.Held.State == entity.Complete && it.Gated == "" &&
				!slices.ContainsFunc(it.Reasons, func(r plan.Reason) bool { return !r.Rule.Blocks() })
		}
		kept := len(full.Items)
		full.Items = slices.DeleteFunc(full.Items, fine)
		full.Kept = kept - len(full.Items)
		if diff := cmp.Diff(full, brief); diff != "" {
			t.Fatalf("-full +brief:\n%s", diff)
		}
	})
}
