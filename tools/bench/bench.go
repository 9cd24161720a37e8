package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/var-project/var/tools/bench/internal/play"
	"github.com/var-project/var/tools/bench/internal/report"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// play measures what was picked, in the order of the list.
func (o options) play(ctx context.Context, progress io.Writer) ([]report.Row, error) {
	picked, err := scenario.Pick(scenario.All(), o.scenario)
	if err != nil {
		return nil, err
	}
	p := play.Player{Bin: o.bin, Delays: o.delays, Rounds: o.rounds}
	if o.profile != "" {
		p.Args = []string{"--profile", o.profile}
	}
	var rows []report.Row
	for _, together := range bySetup(picked) {
		began := time.Now()
		rounds, err := p.Play(ctx, together[0].Setup, worksOf(together))
		if err != nil {
			return nil, err
		}
		for _, s := range together {
			rows = append(rows, o.rows(s, rounds)...)
		}
		fmt.Fprintf(progress, "%s: %.0fs\n", together[0].Setup.Name, time.Since(began).Seconds())
	}
	return rows, nil
}

// bySetup brings scenarios together that play in one world.
func bySetup(picked []scenario.Scenario) [][]scenario.Scenario {
	var all [][]scenario.Scenario
	place := map[string]int{}
	for _, s := range picked {
		n, there := place[s.Setup.Name]
		if !there {
			n = len(all)
			place[s.Setup.Name] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], s)
	}
	return all
}

func worksOf(together []scenario.Scenario) map[scenario.Work]bool {
	works := map[scenario.Work]bool{}
	for _, s := range together {
		works[s.Work] = true
	}
	return works
}

// rows are one for each delay.
func (o options) rows(s scenario.Scenario, rounds []play.Round) []report.Row {
	var rows []report.Row
	for _, delay := range o.delays {
		var mine []play.Round
		for _, r := range rounds {
			if r.Work == s.Work && r.Delay == delay {
				mine = append(mine, r)
			}
		}
		rows = append(rows, report.Summarize(s, mine))
	}
	return rows
}

// publish writes what was measured where it is wanted.
func (o options) publish(rows []report.Row, out io.Writer) error {
	if o.svg != "" {
		if err := write(o.svg, report.Growth(rows)); err != nil {
			return err
		}
	}
	if o.update != "" {
		return report.Update(o.update, rows)
	}
	switch o.output {
	case "json":
		return report.JSON(out, rows)
	case "markdown":
		return report.Markdown(out, rows)
	}
	return report.Table(out, rows)
}

// write writes a file, and makes its folder.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
