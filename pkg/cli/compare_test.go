package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

func host(id, name, ip string) entity.Target {
	t := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id}, Name: name}
	t.Host = &entity.Host{IP: ip, Raw: []byte(`{"everything": "word for word"}`)}
	return t
}

func item(act entity.Action, state entity.State, held, elements []string) plan.Item {
	it := plan.Item{
		Action: act, Target: ptr(host("1", "ws-1", "10.0.0.1")), Blocker: "edge", Elements: elements,
		Reasons: []plan.Reason{{Rule: plan.RuleTag, Detail: "t"}},
	}
	if state != "" {
		it.Held = &entity.Holding{Target: *it.Target, Blocker: "edge", State: state, Receipt: entity.Receipt{Elements: held}}
	}
	return it
}

var one, two = []string{"10.0.0.1"}, []string{"10.0.0.2"}

func TestApplyTakesOnlyWhatIsDecidedInTheSameWay(t *testing.T) {
	block := item(entity.ActionBlock, "", nil, one)
	release := item(entity.ActionRelease, entity.Complete, one, nil)
	tests := map[string]struct {
		planned plan.Item
		now     *plan.Item
		allowed bool
		result  string
	}{
		"the same block":                   {block, &block, true, ""},
		"the same release":                 {release, &release, true, ""},
		"another address":                  {block, ptr(item(entity.ActionBlock, "", nil, two)), false, "refused"},
		"spared by now":                    {block, ptr(item(entity.ActionSpare, "", nil, one)), false, "refused"},
		"not wanted any more":              {block, nil, false, "refused"},
		"blocked by now":                   {block, ptr(item(entity.ActionKeep, entity.Complete, one, one)), false, "done already"},
		"blocked in part":                  {block, ptr(item(entity.ActionBlock, entity.Partial, one, one)), false, "refused"},
		"blocked elsewhere":                {block, ptr(item(entity.ActionKeep, entity.Complete, two, one)), false, "refused"},
		"released by now":                  {release, nil, false, "done already"},
		"wanted again":                     {release, ptr(item(entity.ActionKeep, entity.Complete, one, one)), false, "refused"},
		"more is held than was planned":    {release, ptr(item(entity.ActionRelease, entity.Complete, append(one, two...), nil)), false, "refused"},
		"an address that is not asked for": {release, ptr(item(entity.ActionRelease, entity.Complete, one, two)), true, ""},
		"moved by now": {
			item(entity.ActionGroom, entity.Complete, one, two), ptr(item(entity.ActionKeep, entity.Complete, two, two)), false, "done already",
		},
		"moved in part": {
			item(entity.ActionGroom, entity.Complete, one, two), ptr(item(entity.ActionKeep, entity.Complete, append(one, two...), two)), false, "refused",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newApproval(filePlan([]reconcile.Report{{Source: "hq", Plan: plan.Plan{Items: []plan.Item{tt.planned}}}}, "", false, time.Time{}))
			if got := tt.now != nil && a.allows(*tt.now); got != tt.allowed {
				t.Fatalf("allowed: %v, want %v", got, tt.allowed)
			}
			if tt.allowed {
				return
			}
			if result, why := settled(planned(tt.planned), tt.now, ""); result != tt.result || (result == "refused") != (why != "") {
				t.Errorf("result %q (%s), want %q", result, why, tt.result)
			}
		})
	}
}

func TestApplySaysWhatHoldsBackWhatItWouldDo(t *testing.T) {
	block := item(entity.ActionBlock, "", nil, one)
	now := block
	now.Gated = "paused by jane: change window"
	if result, why := settled(planned(block), &now, ""); result != "refused" || why != "held back: paused by jane: change window" {
		t.Errorf("result %q, why %q", result, why)
	}
}

func TestWhatNobodyPlannedIsNotApplied(t *testing.T) {
	a := newApproval(planFile{})
	if a.allows(item(entity.ActionRelease, entity.Complete, one, nil)) {
		t.Error("an item that was not planned is let through")
	}
}

func TestAPlanComesBackFromItsFileAsItWas(t *testing.T) {
	kept := item(entity.ActionKeep, entity.Complete, one, one)
	gated := item(entity.ActionBlock, "", nil, one)
	gated.Gated = "too many"
	want := filePlan([]reconcile.Report{{Source: "hq", Plan: plan.Plan{Items: []plan.Item{kept, gated}}}}, "us", true, time.Unix(7, 0))
	if len(want.Sources[0].Items) != 1 {
		t.Errorf("%d items, want what is to be done alone", len(want.Sources[0].Items))
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := writePlan(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := readPlan(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	text, _ := os.ReadFile(path)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 || strings.Contains(string(text), "word for word") {
		t.Errorf("mode %v\n%s", info.Mode(), text)
	}
}

func TestWhatIsNoPlanIsWrongUsage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	for _, text := range []string{"", "{}", `{"schema": 2, "sources": []}`, "[]", "<html>"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readPlan(path); codeOf(err) != ExitUsage {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }
