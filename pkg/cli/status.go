package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// statusView is the stable shape of status in JSON.
type statusView struct {
	Schema int `json:"schema"`
	// Stopped are a panic and a pause.
	Stopped []stopView `json:"stopped,omitempty"`
	// Window is absent where it never closes.
	Window   *windowView   `json:"window,omitempty"`
	Holdings []holdingView `json:"holdings"`
	// Devices are what is in force where, as far as is known; Orders what persons decided.
	Devices []deviceStatus `json:"devices,omitempty"`
	Orders  []orderView    `json:"orders,omitempty"`
	Sources []sourceStatus `json:"sources,omitempty"`
	// Leases are held by processes that are at work now.
	Leases []leaseView `json:"leases,omitempty"`
	// OpenIntents and OpenNotes are what an interrupted run left for the next one.
	OpenIntents int `json:"open_intents"`
	OpenNotes   int `json:"open_notes"`
}

type holdingView struct {
	Source   string       `json:"source"`
	Kind     entity.Kind  `json:"kind"`
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Blocker  string       `json:"blocker"`
	Label    string       `json:"label"`
	Elements []string     `json:"elements"`
	State    entity.State `json:"state"`
	Since    time.Time    `json:"since,omitzero"`
	Asserted time.Time    `json:"asserted,omitzero"`
	Until    time.Time    `json:"until,omitzero"`
	Reasons  []string     `json:"reasons"`
	// Missing are the devices that did not confirm; Devices those that did, where they are known.
	Devices []string `json:"devices,omitempty"`
	Missing []string `json:"missing,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

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
		v, err := a.viewStatus(ctx, cfg, j)
		if err != nil {
			return err
		}
		return a.printStatus(v)
	})
}

func (a *App) viewStatus(ctx context.Context, cfg *config.Config, j *journal.Journal) (statusView, error) {
	held, err := j.Holdings(ctx)
	if err != nil {
		return statusView{}, err
	}
	v := statusView{Schema: 1, Window: viewWindow(cfg, a.Now()), Holdings: make([]holdingView, len(held))}
	for i, h := range held {
		v.Holdings[i] = viewHolding(h)
	}
	if v.OpenIntents, v.OpenNotes, err = j.Unfinished(ctx); err != nil {
		return v, err
	}
	return v, v.surround(ctx, cfg, j, held, a.Now())
}

func viewHolding(h entity.Holding) holdingView {
	return holdingView{
		Source: h.Target.Source, Kind: h.Target.Kind, ID: h.Target.ID, Name: h.Target.Name, Blocker: h.Blocker, Label: h.Label,
		Elements: h.Receipt.Elements, State: h.State, Since: h.Since, Asserted: h.Asserted, Until: h.Receipt.Until,
		Reasons: h.Reasons, Devices: h.Devices, Missing: h.Missing, Problem: h.Problem,
	}
}

func (a *App) printStatus(v statusView) error {
	if a.json() {
		return a.printJSON(v)
	}
	for _, stop := range v.Stopped {
		fmt.Fprintln(a.Err, stop.text)
	}
	if v.Window != nil {
		fmt.Fprintln(a.Err, v.Window.text)
	}
	var rows [][]string
	for _, h := range v.Holdings {
		rows = append(rows, []string{
			h.Source, string(h.Kind), orDash(h.Name), h.Blocker, orDash(places(h)), orDash(shortList(h.Elements)),
			stateText(h), stamp(h.Since), whyHeld(h),
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
func countStates(held []holdingView) string {
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
func places(h holdingView) string {
	var parts []string
	for _, d := range h.Devices {
		parts = append(parts, d+" ok")
	}
	for _, d := range h.Missing {
		parts = append(parts, d+" missing")
	}
	return strings.Join(parts, ", ")
}

func stateText(h holdingView) string {
	text := string(h.State)
	if !h.Until.IsZero() {
		text += " until " + stamp(h.Until)
	}
	return text
}

// whyHeld is the rules, and what keeps the block from being complete.
func whyHeld(h holdingView) string {
	text := strings.Join(h.Reasons, "; ")
	if h.Problem != "" {
		text += " — " + oneLine(h.Problem)
	}
	return text
}
