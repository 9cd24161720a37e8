package webhook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// Chats show a digest: so many events at most, the gravest first, and how many more there are.
const (
	mostShown = 30
	mostLine  = 200
	// mostChat is the most bytes of a message: Teams takes 28 KiB.
	mostChat = 24 << 10
)

// entry is an event in a digest, each text of it legible and bounded.
type entry struct {
	severity notify.Severity
	lead     string
	details  []string
}

// chat is a digest.
type chat struct {
	title   string
	entries []entry
	foot    string
}

// digest makes one message of a batch.
func digest(o notify.Origin, render func(chat) any) func(notify.Batch) ([]body, error) {
	return func(b notify.Batch) ([]body, error) {
		for shown := min(mostShown, len(b.Events)); ; shown-- {
			text, err := json.Marshal(render(chatOf(b, o, shown)))
			if err != nil {
				return nil, err
			}
			if len(text) <= mostChat || shown == 0 {
				return []body{{b.Key, text, len(b.Events)}}, nil
			}
		}
	}
}

func chatOf(b notify.Batch, o notify.Origin, shown int) chat {
	events := slices.Clone(b.Events)
	slices.SortStableFunc(events, func(x, y notify.Event) int { return grave(y) - grave(x) })
	c := chat{title: title(b, o), foot: foot(b, o, len(events)-shown)}
	for _, e := range events[:shown] {
		c.entries = append(c.entries, entryOf(e))
	}
	return c
}

func grave(e notify.Event) int { return slices.Index(notify.Severities(), e.Severity) }

func title(b notify.Batch, o notify.Origin) string {
	from := "var"
	if o.Host != "" {
		from += " on " + inert.Short(o.Host, mostLine)
	}
	if b.Test {
		return from + ": this is a test"
	}
	counts := map[notify.Severity]int{}
	for _, e := range b.Events {
		counts[e.Severity]++
	}
	var parts []string
	for _, s := range slices.Backward(notify.Severities()) {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	return from + ": " + cmp.Or(strings.Join(parts, ", "), "no events")
}

func entryOf(e notify.Event) entry {
	known := cmp.Or(e.Name, e.Ref.ID, e.Ref.Source)
	lead := e.Action
	if e.Blocker != "" {
		lead += " on " + e.Blocker
	}
	if e.Outcome != "" {
		lead += ": " + e.Outcome
	}
	if known != "" {
		lead = known + " — " + lead
	}
	t := entry{severity: e.Severity, lead: inert.Short(lead, mostLine)}
	add := func(label, text string) {
		if text != "" {
			t.details = append(t.details, label+": "+inert.Short(text, mostLine))
		}
	}
	if about := e.About(); about != known {
		add("target", about)
	}
	add("elements", strings.Join(e.Elements, ", "))
	add("problem", e.Problem)
	add("why", strings.Join(e.Reasons, "; "))
	add("by", strings.TrimSuffix(e.By.Who+": "+e.By.Reason, ": "))
	add("time", e.Last.UTC().Format("2006-01-02 15:04:05 MST"))
	return t
}

func foot(b notify.Batch, o notify.Origin, left int) string {
	var parts []string
	if left > 0 {
		parts = append(parts, fmt.Sprintf("%d more in this message: var history", left))
	}
	if b.More > 0 {
		parts = append(parts, fmt.Sprintf("%d more follow", b.More))
	}
	if b.Missed > 0 {
		parts = append(parts, fmt.Sprintf("%d were forgotten before they could be sent", b.Missed))
	}
	if o.Admin != "" {
		parts = append(parts, inert.Short(o.Admin, mostLine))
	}
	return strings.Join(append(parts, "installation "+inert.Short(o.Owner, mostLine)+", var "+inert.Short(o.Version, mostLine)), " · ")
}
