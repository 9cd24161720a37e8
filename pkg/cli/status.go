package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/view"
)

func (a *App) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show what is held: where, since when, why, in part or whole", Args: noArgs,
		Long: "status reads the journal alone: it answers also when no brain and no device does. First come a pause or a panic, then\n" +
			"what is held, what persons ordered, what of it each device has in force by its last comparison and what it confirmed\n" +
			"since, when each source was last read completely, and who is at work now.",
		Example: "  var status\n  var status --output json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context()) },
	}
}

func (a *App) status(ctx context.Context) error {
	return a.readJournal(ctx, func(cfg *config.Config, j *journal.Journal) error {
		v, err := view.ReadStatus(ctx, j, configuredView(cfg, a.Now()), a.Now())
		if err != nil {
			return err
		}
		return a.printStatus(v)
	})
}

func (a *App) printStatus(v view.Status) error {
	if a.json() {
		return a.printJSON(v)
	}
	for _, stop := range v.Stopped {
		fmt.Fprintln(a.Err, stop.Text)
	}
	if v.Window != nil {
		fmt.Fprintln(a.Err, v.Window.Text)
	}
	var rows [][]string
	for _, h := range v.Holdings {
		rows = append(rows, []string{
			h.Source, string(h.Kind), orDash(h.Name), h.Blocker, orDash(places(h)), orDash(shortList(h.Elements)),
			stateText(h), view.Stamp(h.Since), whyHeld(h),
		})
	}
	header := []string{"SOURCE", "KIND", "NAME", "BLOCKER", "DEVICES", "ELEMENTS", "STATE", "SINCE", "WHY"}
	if len(rows) > 0 {
		if err := a.printTable(header, rows); err != nil {
			return err
		}
	}
	a.printSurroundings(v)
	_, err := fmt.Fprintf(a.Err, "status: %s, %d changes unfinished or to be told, %d notes to be written\n", countStates(v.Holdings), v.OpenIntents, v.OpenNotes)
	return err
}

// countStates is "31 held (29 complete, 2 partial), 1 refused".
func countStates(held []view.Holding) string {
	counts := map[string]int{}
	for _, h := range held {
		counts[string(h.State)]++
	}
	text := fmt.Sprintf("%d held", len(held)-counts[string(entity.Refused)])
	if more := counted(counts, string(entity.Partial), string(entity.Pending), string(entity.Releasing)); more != "" {
		text += " (" + more + ")"
	}
	if n := counts[string(entity.Refused)]; n > 0 {
		text += fmt.Sprintf(", %d refused", n)
	}
	return text
}

// places shows each device: "fw1 ok, fw2 missing".
func places(h view.Holding) string {
	var parts []string
	for _, d := range h.Devices {
		parts = append(parts, d+" ok")
	}
	for _, d := range h.Missing {
		parts = append(parts, d+" missing")
	}
	return strings.Join(parts, ", ")
}

func stateText(h view.Holding) string {
	text := string(h.State)
	if !h.Until.IsZero() {
		text += " until " + view.Stamp(h.Until)
	}
	return text
}

// whyHeld is the rules, and what keeps the block from being complete.
func whyHeld(h view.Holding) string {
	text := strings.Join(h.Reasons, "; ")
	if h.Problem != "" {
		text += " — " + inert.Line(h.Problem)
	}
	return text
}
