package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

// Growth draws how wall time and memory of passes with nothing to do grow with what is held, at the longest delay.
func Growth(rows []Row) string {
	wall := chart{title: "Wall time of a pass with nothing to do", unit: "s"}
	memory := chart{title: "Peak memory of var", unit: "MiB"}
	for _, r := range idle(rows) {
		name := r.Scenario[strings.LastIndexByte(r.Scenario, '/')+1:]
		wall.add(name, float64(r.Held), r.Wall.Seconds())
		memory.add(name, float64(r.Held), float64(r.Peak["var"])/(1<<20))
	}
	return draw(wall, memory)
}

// idle are the rows that are drawn, in the order of what is held.
func idle(rows []Row) []Row {
	longest := slices.MaxFunc(append([]Row{{}}, rows...), func(a, b Row) int { return cmp.Compare(a.Delay, b.Delay) }).Delay
	picked := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		return r.Delay != longest || !strings.HasPrefix(r.Scenario, string(scenario.Nothing)+"/")
	})
	slices.SortStableFunc(picked, func(a, b Row) int { return cmp.Compare(a.Held, b.Held) })
	return picked
}
