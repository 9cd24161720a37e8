package view

import (
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
)

// Verdict is the answer in a few words.
func (w Target) Verdict() string {
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

// Words are who ordered what, and how long it lasts.
func (o Order) Words() string {
	text := fmt.Sprintf("%s by %s", o.Verb, Person(o.By))
	switch {
	case o.Ended:
		text += ", ended " + Stamp(o.Until)
	case !o.Until.IsZero():
		text += ", until " + Stamp(o.Until)
	default:
		text += ", until it is undone"
	}
	return text
}

// Words are how a target stands to the rule, with the values.
func (r Rule) Words() string {
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

// Words are how much of what is held there is in force, and since when that is known.
func (d Device) Words() string {
	text := fmt.Sprintf("%d of %d in force", d.Enforced, d.Held)
	if d.Problem != "" {
		text = fmt.Sprintf("%d held, not read: %s", d.Held, inert.Line(d.Problem))
	}
	return fmt.Sprintf("%s (compared %s)", text, Stamp(d.At))
}

// Words are how far the action got.
func (in Intent) Words() string {
	if in.Settled {
		return "done on the devices, its brain is told by the next pass"
	}
	return "and nobody knows how it ended: the next pass settles it"
}
