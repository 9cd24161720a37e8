package schedule

import "time"

// farthest is more than any clock is from UTC, two changes of it included.
const farthest = 50 * time.Hour

// firstShown is the first moment at which the clock of a zone shows a time or later. The time is told as if it were
// one of UTC.
func firstShown(zone *time.Location, clock time.Time) time.Time {
	at := clock.Add(-farthest).In(zone)
	for {
		moment := clock.Add(-offset(at)).In(zone)
		_, until := at.ZoneBounds()
		switch {
		case moment.Before(at):
			return at
		case until.IsZero() || moment.Before(until):
			return moment
		}
		at = until
	}
}

// shownForGood is the moment from which on the clock of a zone shows a time or later.
func shownForGood(zone *time.Location, clock time.Time) time.Time {
	at := clock.Add(farthest).In(zone)
	for {
		moment := clock.Add(-offset(at)).In(zone)
		since, until := at.ZoneBounds()
		switch {
		case !until.IsZero() && moment.After(until):
			return until
		case since.IsZero() || moment.After(since):
			return moment
		}
		at = since.Add(-1)
	}
}

// offset is how far the clock of a moment's zone is ahead of UTC.
func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
