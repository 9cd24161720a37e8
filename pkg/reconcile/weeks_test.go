package reconcile_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // the machine may have none

	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/schedule"
)

// weeks is a loop that runs from a date to another, by the clock of its zone.
type weeks struct {
	zone, from, to string
	days           []string
	start, end     string
	interval       time.Duration
}

// play gives the times of all passes, and of those that may block.
func (w weeks) play(t *testing.T) (passes, blocking []time.Time) {
	t.Helper()
	window, err := schedule.New(w.days, w.start, w.end, w.zone)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(w.zone)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithDeadline(t.Context(), w.date(zone, w.to).Add(-time.Second))
		defer stop()
		lapse(time.Until(w.date(zone, w.from)))
		pace := schedule.Pace{Interval: w.interval}
		l := reconcile.Loop{
			Pass: func(context.Context) error {
				now := time.Now().In(zone)
				if passes = append(passes, now); window.Open(now) {
					blocking = append(blocking, now)
				}
				return nil
			},
			Wait: pace.Wait, Now: time.Now, Pause: pause,
		}
		if err := l.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return passes, blocking
}

func (w weeks) date(zone *time.Location, text string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		panic(err)
	}
	return at
}

// rows are passes in which each follows the one before it after an interval.
func (w weeks) rows(passes []time.Time) []string {
	const layout = "Mon 2 Jan 15:04 -0700"
	var rows []string
	for first := 0; first < len(passes); {
		last := first
		for last+1 < len(passes) && passes[last+1].Sub(passes[last]) == w.interval {
			last++
		}
		rows = append(rows, fmt.Sprintf("%s to %s: %d", passes[first].Format(layout), passes[last].Format(layout), last-first+1))
		first = last + 1
	}
	return rows
}

// A change of the clock moves no pass, and the window follows the clock.
func TestWeeksAroundAChangeOfTheClock(t *testing.T) {
	const quarter = 15 * time.Minute
	for name, tt := range map[string]struct {
		weeks
		all      string
		blocking []string
	}{
		"office hours in Brussels, spring": {
			weeks: weeks{"Europe/Brussels", "2026-03-23", "2026-04-06", []string{"weekday"}, "08:00", "17:00", quarter},
			all:   "Mon 23 Mar 00:00 +0100 to Sun 5 Apr 23:45 +0200: 1340",
			blocking: []string{
				"Mon 23 Mar 08:00 +0100 to Mon 23 Mar 16:45 +0100: 36", "Tue 24 Mar 08:00 +0100 to Tue 24 Mar 16:45 +0100: 36",
				"Wed 25 Mar 08:00 +0100 to Wed 25 Mar 16:45 +0100: 36", "Thu 26 Mar 08:00 +0100 to Thu 26 Mar 16:45 +0100: 36",
				"Fri 27 Mar 08:00 +0100 to Fri 27 Mar 16:45 +0100: 36",
				"Mon 30 Mar 08:00 +0200 to Mon 30 Mar 16:45 +0200: 36", "Tue 31 Mar 08:00 +0200 to Tue 31 Mar 16:45 +0200: 36",
				"Wed 1 Apr 08:00 +0200 to Wed 1 Apr 16:45 +0200: 36", "Thu 2 Apr 08:00 +0200 to Thu 2 Apr 16:45 +0200: 36",
				"Fri 3 Apr 08:00 +0200 to Fri 3 Apr 16:45 +0200: 36",
			},
		},
		"weekend nights in Brussels, spring: one is an hour shorter": {
			weeks: weeks{"Europe/Brussels", "2026-03-23", "2026-04-06", []string{"weekend"}, "22:00", "06:00", quarter},
			all:   "Mon 23 Mar 00:00 +0100 to Sun 5 Apr 23:45 +0200: 1340",
			blocking: []string{
				"Mon 23 Mar 00:00 +0100 to Mon 23 Mar 05:45 +0100: 24",
				"Sat 28 Mar 22:00 +0100 to Sun 29 Mar 05:45 +0200: 28", "Sun 29 Mar 22:00 +0200 to Mon 30 Mar 05:45 +0200: 32",
				"Sat 4 Apr 22:00 +0200 to Sun 5 Apr 05:45 +0200: 32", "Sun 5 Apr 22:00 +0200 to Sun 5 Apr 23:45 +0200: 8",
			},
		},
		"weekend nights in Brussels, autumn: one is an hour longer": {
			weeks: weeks{"Europe/Brussels", "2026-10-19", "2026-11-02", []string{"weekend"}, "22:00", "06:00", quarter},
			all:   "Mon 19 Oct 00:00 +0200 to Sun 1 Nov 23:45 +0100: 1348",
			blocking: []string{
				"Mon 19 Oct 00:00 +0200 to Mon 19 Oct 05:45 +0200: 24",
				"Sat 24 Oct 22:00 +0200 to Sun 25 Oct 05:45 +0100: 36", "Sun 25 Oct 22:00 +0100 to Mon 26 Oct 05:45 +0100: 32",
				"Sat 31 Oct 22:00 +0100 to Sun 1 Nov 05:45 +0100: 32", "Sun 1 Nov 22:00 +0100 to Sun 1 Nov 23:45 +0100: 8",
			},
		},
		"the skipped hour in Brussels": {
			weeks: weeks{"Europe/Brussels", "2026-03-23", "2026-04-06", []string{"sunday"}, "02:15", "04:00", quarter},
			all:   "Mon 23 Mar 00:00 +0100 to Sun 5 Apr 23:45 +0200: 1340",
			blocking: []string{
				"Sun 29 Mar 03:00 +0200 to Sun 29 Mar 03:45 +0200: 4", "Sun 5 Apr 02:15 +0200 to Sun 5 Apr 03:45 +0200: 7",
			},
		},
		"the repeated half hour on Lord Howe": {
			weeks: weeks{"Australia/Lord_Howe", "2026-03-30", "2026-04-13", []string{"sunday"}, "01:00", "01:45", quarter},
			all:   "Mon 30 Mar 00:00 +1100 to Sun 12 Apr 23:45 +1030: 1346",
			blocking: []string{
				"Sun 5 Apr 01:00 +1100 to Sun 5 Apr 01:30 +1030: 5", "Sun 12 Apr 01:00 +1030 to Sun 12 Apr 01:30 +1030: 3",
			},
		},
		"the skipped half hour on Lord Howe": {
			weeks: weeks{"Australia/Lord_Howe", "2026-09-28", "2026-10-12", []string{"sunday"}, "02:00", "03:00", quarter},
			all:   "Mon 28 Sep 00:00 +1030 to Sun 11 Oct 23:45 +1100: 1342",
			blocking: []string{
				"Sun 4 Oct 02:30 +1100 to Sun 4 Oct 02:45 +1100: 2", "Sun 11 Oct 02:00 +1100 to Sun 11 Oct 02:45 +1100: 4",
			},
		},
		"Sunday in St John's that begins twice": {
			weeks: weeks{"America/St_Johns", "2010-11-01", "2010-11-15", []string{"sunday"}, "", "", quarter},
			all:   "Mon 1 Nov 00:00 -0230 to Sun 14 Nov 23:45 -0330: 1348",
			blocking: []string{
				"Sun 7 Nov 00:00 -0230 to Sun 7 Nov 23:45 -0330: 100", "Sun 14 Nov 00:00 -0330 to Sun 14 Nov 23:45 -0330: 96",
			},
		},
		"Sunday in St John's without its first hour": {
			weeks: weeks{"America/St_Johns", "2010-03-08", "2010-03-22", []string{"sunday"}, "", "", quarter},
			all:   "Mon 8 Mar 00:00 -0330 to Sun 21 Mar 23:45 -0230: 1340",
			blocking: []string{
				"Sun 14 Mar 00:00 -0330 to Sun 14 Mar 23:45 -0230: 92", "Sun 21 Mar 00:00 -0230 to Sun 21 Mar 23:45 -0230: 96",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			passes, blocking := tt.play(t)
			same(t, "all passes", []string{tt.all}, tt.rows(passes))
			same(t, "passes that may block", tt.blocking, tt.rows(blocking))
		})
	}
}
