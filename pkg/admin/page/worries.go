package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// worry is something that somebody should look at.
type worry struct {
	// Tone is "bad" or "warn".
	Tone, What, Text string
	// Do are commands that look or lead out, each with what it does.
	Do []command
}

// command is what a person types, and what for.
type command struct{ Type, For string }

// worries are all that somebody should look at, the gravest first.
func (p *pages) worries(s view.Status, now time.Time) []worry {
	var all []worry
	for _, pass := range s.Passes {
		all = append(all, gated(pass)...)
	}
	for _, pass := range s.Passes {
		all = append(all, unread(pass)...)
	}
	all = append(all, p.silent(s.Sources, now)...)
	for _, pass := range s.Passes {
		for _, text := range pass.Stranded {
			all = append(all, worry{Tone: "bad", What: pass.Source + ": stranded", Text: text})
		}
	}
	all = append(all, lagging(s.Devices)...)
	for _, pass := range s.Passes {
		all = append(all, failed(pass)...)
	}
	return append(append(all, deaf(s.Channels)...), unfinished(s)...)
}

// gated are limits that hold something back.
func gated(p view.Pass) []worry {
	var all []worry
	for _, g := range p.Gates {
		all = append(all, worry{
			Tone: "bad", What: fmt.Sprintf("%s: a gate holds back %s", p.Source, gateText(g)), Text: g.Why,
			Do: []command{
				{"var plan", "look at who it is, and why"},
				{`var run --force --reason "TEXT"`, "let all of it through once"},
				{"var plan -o plan.json && var apply plan.json", "let through exactly what was looked at"},
			},
		})
	}
	return all
}

// gateText is "the blocking of 60 hosts, over the limit of 50".
func gateText(g view.Gate) string {
	verb := map[string]string{"block": "the blocking", "release": "the release"}[g.Direction]
	kind := map[entity.Kind]string{"": "target", entity.KindStatic: "static destination"}[g.Kind]
	text := fmt.Sprintf("%s of %s", verb, plural(g.Count, cmp.Or(kind, string(g.Kind)), cmp.Or(kind, string(g.Kind))+"s"))
	if g.Limit > 0 {
		text += fmt.Sprintf(", over the limit of %s", thousands(g.Limit))
	}
	return text
}

// unread are kinds that could not be read: nothing of them is blocked or released.
func unread(p view.Pass) []worry {
	byWhy := map[string][]string{}
	for _, kind := range slices.Sorted(maps.Keys(p.Frozen)) {
		byWhy[p.Frozen[kind]] = append(byWhy[p.Frozen[kind]], string(kind))
	}
	var all []worry
	for _, why := range slices.Sorted(maps.Keys(byWhy)) {
		all = append(all, worry{
			Tone: "bad", What: fmt.Sprintf("%s: %s could not be read", p.Source, kinds(byWhy[why])),
			Text: why + "; what is held of it stays, nothing of it is blocked or released until it can be read",
		})
	}
	return all
}

func kinds(names []string) string {
	text := ""
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += " and "
		default:
			text += ", "
		}
		text += name
		if name != "static" {
			text += "s"
		}
	}
	return text
}

// silent are sources without a complete pass for too long.
func (p *pages) silent(sources []view.Source, now time.Time) []worry {
	patience := p.Patience()
	var all []worry
	for _, s := range sources {
		switch {
		case s.Complete.IsZero():
			all = append(all, worry{Tone: "warn", What: s.Source + ": never read completely yet"})
		case patience > 0 && now.Sub(s.Complete) > patience:
			all = append(all, worry{
				Tone: "bad", What: fmt.Sprintf("%s: not read completely for %s", s.Source, rough(now.Sub(s.Complete))),
				Text: "Is the loop at work, and does the source answer? What is held stays held meanwhile.",
				Do:   []command{{"var config check --online", "try every end"}},
			})
		}
	}
	return all
}

// lagging are devices that do not have all that is held there.
func lagging(devices []view.Device) []worry {
	var all []worry
	for _, d := range devices {
		name := d.Blocker + " " + d.Device
		switch {
		case d.Problem != "":
			all = append(all, worry{
				Tone: "bad", What: name + ": cannot be read", Text: d.Problem,
				Do: []command{{"var plugin check " + quoted(d.Blocker), "try to reach it, log in and list"}},
			})
		case d.Enforced < d.Held:
			all = append(all, worry{
				Tone: "warn", What: fmt.Sprintf("%s: %s of %s in force", name, thousands(d.Enforced), thousands(d.Held)),
				Text: "The next pass puts back what is missing.",
			})
		}
	}
	return all
}

// failed is what did not simply succeed in the last pass.
func failed(p view.Pass) []worry {
	var all []worry
	for _, text := range p.Errors {
		all = append(all, worry{Tone: "bad", What: p.Source + ": the last pass ended with an error", Text: text})
	}
	bad := 0
	for _, name := range []string{"failed", "in part", "left"} {
		bad += p.Counts[name]
	}
	if bad > 0 {
		all = append(all, worry{
			Tone: "warn", What: fmt.Sprintf("%s: %s of the last pass not done, or in part", p.Source, plural(bad, "change", "changes")),
			Text: "Each pass tries again.",
		})
	}
	return all
}

// deaf are channels that take nothing of what is to be told.
func deaf(channels []view.Channel) []worry {
	var all []worry
	for _, c := range channels {
		if text := c.Text(); text != "" {
			all = append(all, worry{
				Tone: "warn", What: "notifications: " + c.Channel + " is not well", Text: text,
				Do: []command{{"var notify test " + quoted(c.Channel), "send a test"}},
			})
		}
	}
	return all
}

// unfinished is what an interrupted run left.
func unfinished(s view.Status) []worry {
	var all []worry
	if s.OpenIntents > 0 && len(s.Leases) == 0 {
		all = append(all, worry{
			Tone: "warn", What: plural(s.OpenIntents, "change", "changes") + " begun or to be told",
			Text: "A run was interrupted, or a brain was not told yet. The next pass settles it.",
		})
	}
	if s.OpenNotes > 0 {
		all = append(all, worry{
			Tone: "warn", What: plural(s.OpenNotes, "note", "notes") + " still to be written to a brain",
			Text: "Each pass tries again.",
		})
	}
	return all
}
