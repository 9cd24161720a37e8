package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/view"
)

type historyOptions struct {
	since   span
	blocker string
	limit   int
}

func (a *App) historyCommand() *cobra.Command {
	o := historyOptions{since: span{least: time.Second, most: 3650 * day}}
	cmd := &cobra.Command{
		Use: "history [TARGET]", Short: "Show what was done and decided, when, by which rule or person, and how it ended",
		Long: "history reads the journal alone, newest first. TARGET is a name, an address, an id, a person, or anything else that\n" +
			"stands in the history; source/kind/id means exactly that target. What happened again in the same way is one line.",
		Example: "  var history\n  var history ws-fin-042 --since 7d\n  var history hq/host/1969 --output json\n  var history --blocker edge --limit 20",
		Args:    atMostOneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.history(cmd.Context(), strings.Join(args, ""), o)
		},
	}
	cmd.Flags().Var(&o.since, "since", "what happened in this time, such as 24h or 7d")
	cmd.Flags().StringVar(&o.blocker, "blocker", "", "what was done on this blocker")
	cmd.Flags().IntVar(&o.limit, "limit", 100, "show at most so many lines; 0: all")
	return cmd
}

func (a *App) history(ctx context.Context, target string, o historyOptions) error {
	if o.limit < 0 {
		return usage(fmt.Errorf("--limit %d: want 0 or more", o.limit))
	}
	q := view.Question{Target: target, Blocker: o.blocker, Since: o.since.Duration, Limit: o.limit}
	return a.readJournal(ctx, func(_ *config.Config, j *journal.Journal) error {
		events, err := j.History(ctx, q.Filter(a.Now()))
		if err != nil {
			return err
		}
		return a.printHistory(view.EventsOf(events), o.limit)
	})
}

func (a *App) printHistory(events []view.Event, limit int) error {
	if a.json() {
		return a.printJSON(view.History{Schema: 1, Events: events})
	}
	rows := make([][]string, len(events))
	for i, e := range events {
		rows[i] = eventRow(e)
	}
	if len(rows) > 0 {
		header := []string{"LAST", "ACTION", "SOURCE", "KIND", "NAME", "BLOCKER", "ELEMENTS", "OUTCOME", "TIMES", "WHO", "WHY"}
		if err := a.printTable(header, rows); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("history: %d", len(events))
	if limit > 0 && len(events) == limit {
		text += ", perhaps more: see --limit"
	}
	_, err := fmt.Fprintln(a.Err, text)
	return err
}

func eventRow(e view.Event) []string {
	last := e.Last
	if last.IsZero() {
		last = e.At
	}
	who, why := "-", strings.Join(e.Reasons, "; ")
	if e.By != nil {
		who = e.By.Who
		why = strings.Trim(why+"; "+e.By.Reason, "; ")
	}
	if e.Problem != "" {
		why += " — " + inert.Line(e.Problem)
	}
	name := e.Name
	if name == "" {
		name = e.ID
	}
	return []string{
		view.Stamp(last), e.Action, orDash(e.Source), orDash(string(e.Kind)), orDash(name), orDash(e.Blocker), orDash(shortList(e.Elements)),
		orDash(e.Outcome), fmt.Sprint(e.Times), who, orDash(why),
	}
}
