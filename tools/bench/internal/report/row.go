// Package report turns measurements into tables and pictures.
package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/var-project/var/tools/bench/internal/measure"
	"github.com/var-project/var/tools/bench/internal/play"
	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

// Row is a scenario at one delay, over all its rounds. Durations are in nanoseconds, memory is in bytes.
type Row struct {
	Scenario string        `json:"scenario"`
	Delay    time.Duration `json:"delay"`
	Rounds   int           `json:"rounds"`
	// Cost is that of the round in the middle by wall time; memory is the most of any round.
	measure.Cost
	// Fastest and Slowest are the wall times of the other rounds.
	Fastest time.Duration `json:"fastest"`
	Slowest time.Duration `json:"slowest"`
	Startup measure.Cost  `json:"startup"`
	// Floor, Ratio and Allowed are 0 without delay.
	Floor   time.Duration `json:"floor"`
	Ratio   float64       `json:"ratio"`
	Allowed time.Duration `json:"allowed"`
	// Steps are the chain that makes the floor.
	Steps []scenario.Step        `json:"steps"`
	Asked map[string]stage.Asked `json:"ends"`
	// Settings are those that are not defaults.
	Settings []string `json:"settings"`
	// Held is how many targets were to be changed, or are held.
	Held int `json:"targets"`
}

// Within tells whether the pass was as fast as it has to be.
func (r Row) Within() bool { return r.Wall <= r.Allowed }

// Summarize makes a row of the rounds of one scenario at one delay; there is at least one.
func Summarize(s scenario.Scenario, rounds []play.Round) Row {
	rounds = slices.Clone(rounds)
	slices.SortFunc(rounds, func(a, b play.Round) int { return cmp.Compare(a.Wall, b.Wall) })
	middle := rounds[len(rounds)/2]
	r := Row{
		Scenario: s.Name(), Delay: middle.Delay, Rounds: len(rounds), Cost: middle.Cost,
		Fastest: rounds[0].Wall, Slowest: rounds[len(rounds)-1].Wall, Startup: startup(rounds),
		Floor: scenario.Floor(s, scenario.Defaults, middle.Delay), Steps: scenario.Steps(s, scenario.Defaults),
		Asked: middle.Asked, Settings: stage.Settings(s.Setup), Held: s.Brains * s.Targets,
	}
	r.Peak = peaks(rounds)
	if r.Floor > 0 {
		r.Ratio = float64(r.Wall) / float64(r.Floor)
		r.Allowed = scenario.Allowance(r.Floor, r.Startup.Wall)
	}
	return r
}

// startup is the one in the middle.
func startup(rounds []play.Round) measure.Cost {
	all := make([]measure.Cost, len(rounds))
	for i, r := range rounds {
		all[i] = r.Startup
	}
	slices.SortFunc(all, func(a, b measure.Cost) int { return cmp.Compare(a.Wall, b.Wall) })
	return all[len(all)/2]
}

func peaks(rounds []play.Round) map[string]int64 {
	most := map[string]int64{}
	for _, r := range rounds {
		for name, bytes := range r.Peak {
			most[name] = max(most[name], bytes)
		}
	}
	return most
}
