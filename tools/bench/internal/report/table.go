package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

var columns = []string{
	"scenario", "delay", "wall", "spread", "cpu", "start-up", "floor", "÷ floor", "allowed", "", "var", "plugins", "brain", "device", "in flight",
}

// cells are a row as the table shows it.
func (r Row) cells() []string {
	brain, device := r.busiest()
	cells := []string{
		r.Scenario, r.Delay.String(), seconds(r.Wall), seconds(r.Slowest - r.Fastest), seconds(r.CPU), seconds(r.Startup.Wall),
		"", "", "", "", mebibytes(r.Peak["var"]), r.plugins(), brain.total(), device.total(), brain.inFlight() + " " + device.inFlight(),
	}
	if r.Floor > 0 {
		copy(cells[6:], []string{seconds(r.Floor), fmt.Sprintf("%.2f", r.Ratio), seconds(r.Allowed), verdict(r.Within())})
	}
	return cells
}

func verdict(within bool) string {
	if within {
		return "within"
	}
	return "OVER"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }

func mebibytes(bytes int64) string { return fmt.Sprintf("%dM", bytes>>20) }

// plugins are their largest processes.
func (r Row) plugins() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r.Peak)) {
		if name != "var" {
			all = append(all, name+" "+mebibytes(r.Peak[name]))
		}
	}
	return strings.Join(all, ", ")
}

// Table writes rows as text for a person.
func Table(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(columns, "\t"))
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r.cells(), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range requestLines(rows) {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w)
	for _, line := range settingLines(rows) {
		fmt.Fprintln(w, line)
	}
	return nil
}
