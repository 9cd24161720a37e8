// Package schedule says when: at which times blocking is allowed, in a time zone with its changes of the clock,
// and when the next pass begins.
package schedule

import (
	"slices"
	"strings"
	"time"
)

// Window is when new blocks are allowed. The zero value allows them always.
type Window struct {
	zone *time.Location
	// days are those on which it opens; none: every day.
	days [7]bool
	// start and end are minutes of the day; alike: the whole day. An end before the start is on the day after.
	start, end int
}

// span is a time from a moment to another, without it.
type span struct{ from, to time.Time }

func (s span) has(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// The windows of so many days before and after a moment can be open at it: no change of a clock is longer than a day.
// The next one is at most two weeks away, since a clock may skip the day that is asked for.
const (
	daysAround = 3
	daysAhead  = 14 + daysAround
)

// Open reports that blocking is allowed at a moment.
//
// The window of a day reaches from the moment at which the clock first shows the start or later to the one from
// which on it shows the end or later. So a start that the clock skips is where it jumps to, and an hour that it
// repeats belongs to the window both times.
func (w Window) Open(t time.Time) bool {
	return w.Always() || slices.ContainsFunc(w.spans(t, daysAround), func(s span) bool { return s.has(t) })
}

// Always reports that the window never closes.
func (w Window) Always() bool {
	return w.start == w.end && (w.days == [7]bool{} || !slices.Contains(w.days[:], false))
}

// Next is the first moment after t at which the window opens or closes, in its time zone; not ok: there is none.
func (w Window) Next(t time.Time) (change time.Time, opens, ok bool) {
	if w.Always() {
		return time.Time{}, false, false
	}
	for _, s := range w.spans(t, daysAhead) {
		switch {
		case s.has(t):
			return s.to, false, true
		case s.from.After(t):
			return s.from, true, true
		}
	}
	return time.Time{}, false, false
}

// spans are the windows of the days around a moment, in their order; what touches is one.
func (w Window) spans(t time.Time, ahead int) []span {
	var all []span
	local := t.In(w.location())
	for n := -daysAround; n <= ahead; n++ {
		day := time.Date(local.Year(), local.Month(), local.Day()+n, 0, 0, 0, 0, time.UTC)
		if !w.opensOn(day.Weekday()) {
			continue
		}
		if s := w.on(day); s.from.Before(s.to) {
			all = join(all, s)
		}
	}
	return all
}

func join(all []span, s span) []span {
	last := len(all) - 1
	if last < 0 || s.from.After(all[last].to) {
		return append(all, s)
	}
	if s.to.After(all[last].to) {
		all[last].to = s.to
	}
	return all
}

// on is the window of a day, which is told as midnight UTC of its date. It may be empty.
func (w Window) on(day time.Time) span {
	from := day.Add(time.Duration(w.start) * time.Minute)
	to := day.Add(time.Duration(w.end) * time.Minute)
	switch {
	case w.start == w.end:
		from, to = day, day.AddDate(0, 0, 1)
	case w.end < w.start:
		to = to.AddDate(0, 0, 1)
	}
	return span{firstShown(w.location(), from), shownForGood(w.location(), to)}
}

func (w Window) opensOn(day time.Weekday) bool { return w.days == [7]bool{} || w.days[day] }

func (w Window) location() *time.Location {
	if w.zone == nil {
		return time.UTC
	}
	return w.zone
}

// String is "monday tuesday 08:00-17:00 Europe/Brussels", or "always".
func (w Window) String() string {
	if w.Always() {
		return "always"
	}
	var words []string
	for n := range w.days {
		if day := time.Weekday((n + 1) % len(w.days)); w.days[day] {
			words = append(words, strings.ToLower(day.String()))
		}
	}
	if w.start != w.end {
		words = append(words, clockText(w.start)+"-"+clockText(w.end))
	}
	return strings.Join(append(words, w.location().String()), " ")
}
