package mail

import (
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// digest is what a mail says: first what needs attention, then what changed.
type digest struct {
	Origin    notify.Origin
	At        string
	Attention part
	Changes   part
	// More wait for the next mail, Missed never come.
	More, Missed int
	Test         bool
}

// part is a half of a digest.
type part struct {
	Count  int
	Groups []group
}

// group is what is told under one heading. Hidden of it are not shown.
type group struct {
	Title  string
	Count  int
	Hidden int
	Items  []item
}

// mostItems is how many events of a mail are shown in full, attention first: nobody reads more, and servers refuse
// mails that are too large.
const mostItems = 300

// heading is one, and which events stand under it.
type heading struct {
	title string
	has   func(notify.Event) bool
}

func topic(t notify.Topic) func(notify.Event) bool {
	return func(e notify.Event) bool { return e.Topic == t }
}

func changed(a entity.Action) func(notify.Event) bool {
	return func(e notify.Event) bool { return e.Topic == notify.TopicChange && e.Action == string(a) }
}

func all(notify.Event) bool { return true }

// What is under no heading of its own falls to the last.
var (
	attention = []heading{
		{"Stopped or resumed", topic(notify.TopicStop)},
		{"Failed", topic(notify.TopicFailure)},
		{"Held back by gates, or let pass", topic(notify.TopicGate)},
		{"Sources", topic(notify.TopicSource)},
		{"Stranded: held, and released by nothing", topic(notify.TopicStranded)},
	}
	changes = []heading{
		{"Blocked", changed(entity.ActionBlock)},
		{"Released", changed(entity.ActionRelease)},
		{"Ordered by people", topic(notify.TopicOrder)},
		{"Kept up to date on the devices", all},
	}
)

func digestOf(b notify.Batch, o notify.Origin) digest {
	d := digest{Origin: o, At: stamp(b.At), More: b.More, Missed: b.Missed, Test: b.Test}
	rest, room := b.Events, mostItems
	d.Attention, rest = gather(attention, rest, &room)
	d.Changes, _ = gather(changes, rest, &room)
	return d
}

// gather puts events under headings, and gives those that belong under none of them. room is how many are still shown.
func gather(headings []heading, events []notify.Event, room *int) (p part, rest []notify.Event) {
	rest = events
	for _, h := range headings {
		var under []notify.Event
		under, rest = divide(rest, h.has)
		if len(under) == 0 {
			continue
		}
		shown := min(len(under), *room)
		*room -= shown
		p.Count += len(under)
		p.Groups = append(p.Groups, group{h.title, len(under), len(under) - shown, items(under[:shown])})
	}
	return p, rest
}

func divide(events []notify.Event, has func(notify.Event) bool) (with, without []notify.Event) {
	for _, e := range events {
		if has(e) {
			with = append(with, e)
		} else {
			without = append(without, e)
		}
	}
	return with, without
}

func items(events []notify.Event) []item {
	all := make([]item, 0, len(events))
	for _, e := range events {
		all = append(all, itemOf(e))
	}
	return all
}
