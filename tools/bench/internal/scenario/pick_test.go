package scenario_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

func TestPickChoosesByName(t *testing.T) {
	for pattern, want := range map[string][]string{
		"block/500/groups":               {"block/500/groups"},
		"release/100/paloalto,start/*":   {"start/three-plugins", "release/100/paloalto"},
		"*/25/20-brains":                 {"block/25/20-brains", "release/25/20-brains"},
		"nothing/100000/*":               {"nothing/100000/feed", "nothing/100000/paloalto", "nothing/100000/command"},
		"start/three-plugins,start/thr*": {"start/three-plugins"},
	} {
		picked, err := scenario.Pick(scenario.All(), pattern)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, names(picked)); diff != "" {
			t.Errorf("%q picks (-want +got):\n%s", pattern, diff)
		}
	}
}

func TestPickKnowsTwoWords(t *testing.T) {
	all, err := scenario.Pick(scenario.All(), "all")
	if err != nil || len(all) != len(scenario.All()) {
		t.Errorf("all picks %d of %d: %v", len(all), len(scenario.All()), err)
	}
	for _, word := range []string{"", "usual"} {
		usual, err := scenario.Pick(scenario.All(), word)
		if err != nil || len(usual) == 0 || slices.ContainsFunc(usual, func(s scenario.Scenario) bool { return !s.Usual }) {
			t.Errorf("%q picks %v: %v", word, names(usual), err)
		}
	}
}

func TestPickRefusesWhatMatchesNothing(t *testing.T) {
	for _, pattern := range []string{"block", "block/500/group", "block/[", "nothing/100000/groups"} {
		if picked, err := scenario.Pick(scenario.All(), pattern); err == nil {
			t.Errorf("%q picks %v", pattern, names(picked))
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	all := names(scenario.All())
	slices.Sort(all)
	if unique := slices.Compact(slices.Clone(all)); len(unique) != len(all) {
		t.Errorf("of %d names %d are different", len(all), len(unique))
	}
}

func names(all []scenario.Scenario) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.Name()
	}
	return out
}
