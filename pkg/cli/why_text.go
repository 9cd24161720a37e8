package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

// printWhy is prose in lines: what is asked about comes first, what is behind it below.
func (a *App) printWhy(v view.Why) error {
	if a.json() {
		return a.printJSON(v)
	}
	for _, p := range v.Problems {
		fmt.Fprintln(a.Err, p)
	}
	var b strings.Builder
	for _, s := range v.Stopped {
		fmt.Fprintln(&b, s)
	}
	if v.NeverBlock != "" {
		fmt.Fprintf(&b, "%s is never blocked: %s\n", v.Text, v.NeverBlock)
	}
	for i, w := range v.Targets {
		if i > 0 {
			fmt.Fprintln(&b)
		}
		writeTarget(&b, w, a.Now())
	}
	if len(v.Targets) == 0 {
		fmt.Fprintf(&b, "%s: nothing that could be asked knows it, and nothing is held\n", v.Text)
		writeHistory(&b, v.History)
	}
	_, err := io.WriteString(a.Out, b.String())
	return err
}

func writeTarget(b *strings.Builder, w view.Target, now time.Time) {
	fmt.Fprintf(b, "%s %s: %s\n", entity.Ref{Source: w.Source, Kind: w.Kind, ID: w.ID}, inert.Text(w.Name), w.Verdict())
	if !w.Read {
		fmt.Fprintf(b, "  not read now%s\n", age(w, now))
	}
	if w.NeverBlock != "" {
		fmt.Fprintf(b, "  never block: %s\n", w.NeverBlock)
	}
	if w.Order != nil {
		fmt.Fprintf(b, "  person: %s\n", w.Order.Words())
	}
	for _, r := range w.Rules {
		fmt.Fprintf(b, "  rule: %s\n", r.Words())
	}
	for _, it := range w.Decisions {
		fmt.Fprintf(b, "  next pass on %s: %s\n", it.Blocker, decisionText(it))
	}
	for _, g := range w.Gates {
		fmt.Fprintf(b, "  gate: %s\n", inert.Line(g.Why))
	}
	for _, h := range w.Holdings {
		writeHeld(b, h)
	}
	for _, in := range w.Intents {
		fmt.Fprintf(b, "  begun: %s on %s at %s, %s\n", in.Action, in.Blocker, view.Stamp(in.At), in.Words())
	}
	for _, n := range w.Notes {
		fmt.Fprintf(b, "  note to be written: %s\n", inert.Line(n))
	}
	writeHistory(b, w.History)
}

// age says how old the answer of the journal is.
func age(w view.Target, now time.Time) string {
	if w.Recorded.IsZero() {
		return ""
	}
	return fmt.Sprintf("; this is what the journal knows since %s, %s ago", view.Stamp(w.Recorded), now.Sub(w.Recorded).Round(time.Second))
}

func decisionText(it view.Item) string {
	text := string(it.Action)
	if it.HeldBack != "" {
		text += " (" + heldBack + ": " + inert.Line(it.HeldBack) + ")"
	}
	if len(it.Elements) > 0 {
		text += " " + strings.Join(it.Elements, " ")
	}
	return text + ": " + reasonsText(it.Reasons)
}

func writeHeld(b *strings.Builder, h view.Held) {
	fmt.Fprintf(b, "  held on %s: %s, %s since %s, last confirmed %s: %s\n",
		h.Blocker, orDash(strings.Join(h.Elements, " ")), stateText(h.Holding), view.Stamp(h.Since), view.Stamp(h.Confirmed), whyHeld(h.Holding))
	if text := places(h.Holding); text != "" {
		fmt.Fprintf(b, "    devices: %s\n", text)
	}
	for _, d := range h.Compared {
		fmt.Fprintf(b, "    %s: %s\n", d.Device, d.Words())
	}
	for _, o := range h.Others {
		fmt.Fprintf(b, "    %s is also held for %s\n", o.Element, o.Holder)
	}
}

func writeHistory(b *strings.Builder, events []view.Event) {
	for _, e := range events {
		row := eventRow(e)
		fmt.Fprintf(b, "  history: %s %s %s\n", row[0], e.Action, strings.Join(historyWords(e, row), " "))
	}
}

// historyWords leaves out what the heading says.
func historyWords(e view.Event, row []string) []string {
	var words []string
	if e.Blocker != "" {
		words = append(words, "on "+e.Blocker)
	}
	if e.Outcome != "" {
		words = append(words, e.Outcome)
	}
	if e.Times > 1 {
		words = append(words, fmt.Sprintf("%d times since %s", e.Times, view.Stamp(e.At)))
	}
	if e.By != nil {
		words = append(words, "by "+e.By.Who)
	}
	if why := row[len(row)-1]; why != "-" {
		words = append(words, "("+why+")")
	}
	return words
}
