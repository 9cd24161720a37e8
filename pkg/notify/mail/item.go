package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// item is one event, each text of it legible and bounded.
type item struct {
	Name string
	// What was done, on which blocker, and how it ended; empty when Name says it.
	What  string
	Facts []fact
	// Look is the command that shows more.
	Look string
}

// fact is a line about an event, or several.
type fact struct {
	Label string
	Lines []string
}

// The most bytes of a name and of a line, and the most lines of one fact.
const (
	mostName  = 200
	mostLine  = 250
	mostLines = 8
)

func itemOf(e notify.Event) item {
	i := item{Name: name(e), What: what(e), Look: look(e)}
	if i.What == i.Name {
		i.What = ""
	}
	add := func(label string, lines ...string) {
		if lines = bounded(lines); len(lines) > 0 {
			i.Facts = append(i.Facts, fact{label, lines})
		}
	}
	add("elements", e.Elements...)
	add("problem", strings.Split(e.Problem, "\n")...)
	add("why", e.Reasons...)
	add("by", person(e.By))
	add("time", when(e))
	return i
}

func name(e notify.Event) string {
	known := inert.Short(cmp.Or(e.Name, e.Ref.ID, e.Ref.Source, e.Action), mostName)
	if about := e.About(); about != "" && about != known {
		return known + " (" + inert.Short(about, mostName) + ")"
	}
	return known
}

func what(e notify.Event) string {
	text := e.Action
	if e.Blocker != "" {
		text += " on " + e.Blocker
	}
	if e.Outcome != "" {
		text += ": " + e.Outcome
	}
	return inert.Short(text, mostLine)
}

// bounded are the lines that are not empty, and how many are left out.
func bounded(lines []string) []string {
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	hidden := max(0, len(kept)-mostLines)
	kept = kept[:len(kept)-hidden]
	for i, l := range kept {
		kept[i] = inert.Short(l, mostLine)
	}
	if hidden > 0 {
		kept = append(kept, fmt.Sprintf("and %d more", hidden))
	}
	return kept
}

func person(by entity.By) string {
	if by.Reason == "" {
		return by.Who
	}
	return by.Who + ": " + by.Reason
}

func when(e notify.Event) string {
	if e.Times > 1 {
		return fmt.Sprintf("%s, %d times until %s", stamp(e.At), e.Times, stamp(e.Last))
	}
	return stamp(e.At)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// look is a command that can be copied into a shell as it is: what targets are called is up to those who are to be
// blocked, so a target that would need quotes is not named.
func look(e notify.Event) string {
	switch {
	case e.Ref.ID != "" && pasteable(e.Ref.String()):
		return "var why " + e.Ref.String()
	case e.Topic == notify.TopicGate:
		return "var plan"
	case e.Topic == notify.TopicSource, e.Topic == notify.TopicStranded, e.Topic == notify.TopicStop:
		return "var status"
	}
	return "var history"
}

func pasteable(text string) bool {
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@%+/-", r)
	}
	return len(text) <= mostName && !strings.ContainsFunc(text, odd)
}
