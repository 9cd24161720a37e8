package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/tools/bench/internal/stage"
)

// end is what was asked of one.
type end struct {
	name string
	stage.Asked
}

func (e end) sum() int {
	n := 0
	for _, count := range e.Kinds {
		n += count
	}
	return n
}

func (e end) total() string {
	if e.name == "" {
		return ""
	}
	return fmt.Sprint(e.sum())
}

func (e end) inFlight() string {
	if e.name == "" {
		return ""
	}
	return fmt.Sprint(e.InFlight)
}

func (e end) kinds() string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(e.Kinds)) {
		if n := e.Kinds[kind]; n > 0 {
			all = append(all, fmt.Sprintf("%s %d", kind, n))
		}
	}
	return strings.Join(all, ", ")
}

// busiest are the brain and the device that were asked most.
func (r Row) busiest() (brain, device end) {
	for _, name := range slices.Sorted(maps.Keys(r.Asked)) {
		e := end{name, r.Asked[name]}
		kind := &device
		if strings.HasPrefix(name, "hq") {
			kind = &brain
		}
		if kind.name == "" || e.sum() > kind.sum() {
			*kind = e
		}
	}
	return brain, device
}

// requestLines list for each scenario what each end was asked. Ends that were asked the same share a line, and so do
// delays.
func requestLines(rows []Row) []string {
	var lines []string
	for _, r := range rows {
		by := map[string][]string{}
		for _, name := range slices.Sorted(maps.Keys(r.Asked)) {
			kinds := end{name, r.Asked[name]}.kinds()
			by[kinds] = append(by[kinds], name)
		}
		for _, kinds := range slices.SortedFunc(maps.Keys(by), func(a, b string) int { return strings.Compare(by[a][0], by[b][0]) }) {
			if line := fmt.Sprintf("%s %s: %s", r.Scenario, some(by[kinds]), kinds); kinds != "" && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// some names one of many.
func some(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%d ends like %s", len(names), names[0])
}

// settingLines list what is not a default: what all rows have in common, then what each has besides.
func settingLines(rows []Row) []string {
	if len(rows) == 0 {
		return nil
	}
	common := slices.DeleteFunc(slices.Clone(rows[0].Settings), func(setting string) bool {
		return slices.ContainsFunc(rows, func(r Row) bool { return !slices.Contains(r.Settings, setting) })
	})
	lines := []string{"not defaults everywhere: " + strings.Join(common, "; ")}
	for _, r := range rows {
		own := slices.DeleteFunc(slices.Clone(r.Settings), func(setting string) bool { return slices.Contains(common, setting) })
		if line := "not defaults in " + r.Scenario + ": " + strings.Join(own, "; "); len(own) > 0 && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}
