package scenario

import (
	"fmt"
	"path"
	"strings"
)

// Pick chooses from all scenarios those whose names match one of the patterns, which are parted by commas: a star
// stands for a part between slashes, or at the end for all that is left. Two words are patterns too: "usual", also
// meant by "", and "all".
func Pick(all []Scenario, patterns string) ([]Scenario, error) {
	var picked []Scenario
	for _, s := range all {
		chosen, err := chosen(s, patterns)
		if err != nil {
			return nil, err
		}
		if chosen {
			picked = append(picked, s)
		}
	}
	if len(picked) == 0 {
		return nil, fmt.Errorf("no scenario is called %q; --scenario list names them", patterns)
	}
	return picked, nil
}

func chosen(s Scenario, patterns string) (bool, error) {
	for pattern := range strings.SplitSeq(patterns, ",") {
		if pattern == "all" || s.Usual && (pattern == "" || pattern == "usual") {
			return true, nil
		}
		match, err := path.Match(pattern, s.Name())
		if err != nil {
			return false, fmt.Errorf("scenario %q: %w", pattern, err)
		}
		if match || strings.HasSuffix(pattern, "*") && strings.HasPrefix(s.Name(), strings.TrimSuffix(pattern, "*")) {
			return true, nil
		}
	}
	return false, nil
}
