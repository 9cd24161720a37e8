package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// printWhy is prose in lines: what is asked about comes first, what is behind it below.
func (a *App) printWhy(v whyView) error {
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
		w.write(&b, a.Now())
	}
	if len(v.Targets) == 0 {
		fmt.Fprintf(&b, "%s: nothing that could be asked knows it, and nothing is held\n", v.Text)
		writeHistory(&b, v.History)
	}
	_, err := io.WriteString(a.Out, b.String())
	return err
}

func (w targetWhy) write(b *strings.Builder, now time.Time) {
	fmt.Fprintf(b, "%s %s: %s\n", entity.Ref{Source: w.Source, Kind: w.Kind, ID: w.ID}, legible(w.Name), w.verdict())
	if !w.Read {
		fmt.Fprintf(b, "  not read now%s\n", w.age(now))
	}
	if w.NeverBlock != "" {
		fmt.Fprintf(b, "  never block: %s\n", w.NeverBlock)
	}
	if w.Order != nil {
		fmt.Fprintf(b, "  person: %s\n", w.Order.text())
	}
	for _, r := range w.Rules {
		fmt.Fprintf(b, "  rule: %s\n", r.text())
	}
	for _, it := range w.Decisions {
		fmt.Fprintf(b, "  next pass on %s: %s\n", it.Blocker, decisionText(it))
	}
	for _, g := range w.Gates {
		fmt.Fprintf(b, "  gate: %s\n", oneLine(g.Why))
	}
	for _, h := range w.Holdings {
		h.write(b)
	}
	for _, in := range w.Intents {
		fmt.Fprintf(b, "  begun: %s on %s at %s%s\n", in.Action, in.Blocker, stamp(in.At), in.text())
	}
	for _, n := range w.Notes {
		fmt.Fprintf(b, "  note to be written: %s\n", oneLine(n))
	}
	writeHistory(b, w.History)
}

// verdict is the answer in a few words.
func (w targetWhy) verdict() string {
	var on []string
	for _, h := range w.Holdings {
		if h.State != entity.Refused {
			on = append(on, h.Blocker+" "+string(h.State))
		}
	}
	switch {
	case len(on) > 0:
		return "blocked on " + strings.Join(on, ", ")
	case w.NeverBlock != "":
		return "not blocked, and never is"
	}
	return "not blocked"
}

// age says how old the answer of the journal is.
func (w targetWhy) age(now time.Time) string {
	if w.Recorded.IsZero() {
		return ""
	}
	return fmt.Sprintf("; this is what the journal knows since %s, %s ago", stamp(w.Recorded), now.Sub(w.Recorded).Round(time.Second))
}

func (o orderView) text() string {
	text := fmt.Sprintf("%s by %s", o.Verb, byText(o.By))
	switch {
	case o.Ended:
		text += ", ended " + stamp(o.Until)
	case !o.Until.IsZero():
		text += ", until " + stamp(o.Until)
	default:
		text += ", until it is undone"
	}
	return text
}

func (r ruleView) text() string {
	sign := "does not match"
	switch {
	case r.Matches && r.Spares:
		sign = "spares it"
	case r.Matches:
		sign = "matches"
	}
	text := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", r.Rule, r.Wanted, sign)), " ")
	if r.Found == "" || r.Found == r.Wanted {
		return text
	}
	return text + ": " + r.Found
}

func decisionText(it itemView) string {
	text := string(it.Action)
	if it.HeldBack != "" {
		text += " (" + heldBack + ": " + oneLine(it.HeldBack) + ")"
	}
	if len(it.Elements) > 0 {
		text += " " + strings.Join(it.Elements, " ")
	}
	return text + ": " + reasonsText(it.Reasons)
}

func (h heldWhy) write(b *strings.Builder) {
	fmt.Fprintf(b, "  held on %s: %s, %s since %s, last confirmed %s: %s\n",
		h.Blocker, orDash(strings.Join(h.Elements, " ")), stateText(h.holdingView), stamp(h.Since), stamp(h.Confirmed), whyHeld(h.holdingView))
	if text := places(h.holdingView); text != "" {
		fmt.Fprintf(b, "    devices: %s\n", text)
	}
	for _, d := range h.Compared {
		fmt.Fprintf(b, "    %s: %s\n", d.Device, d.text())
	}
	for _, o := range h.Others {
		fmt.Fprintf(b, "    %s is also held for %s\n", o.Element, o.Holder)
	}
}

func (in intentView) text() string {
	if in.Settled {
		return ", done on the devices, its brain is told by the next pass"
	}
	return ", and nobody knows how it ended: the next pass settles it"
}

func writeHistory(b *strings.Builder, events []eventView) {
	for _, e := range events {
		row := eventRow(e)
		fmt.Fprintf(b, "  history: %s %s %s\n", row[0], e.Action, strings.Join(historyWords(e, row), " "))
	}
}

// historyWords leaves out what the heading says.
func historyWords(e eventView, row []string) []string {
	var words []string
	if e.Blocker != "" {
		words = append(words, "on "+e.Blocker)
	}
	if e.Outcome != "" {
		words = append(words, e.Outcome)
	}
	if e.Times > 1 {
		words = append(words, fmt.Sprintf("%d times since %s", e.Times, stamp(e.At)))
	}
	if e.By != nil {
		words = append(words, "by "+e.By.Who)
	}
	if why := row[len(row)-1]; why != "-" {
		words = append(words, "("+why+")")
	}
	return words
}
