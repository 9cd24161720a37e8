package schedule_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine may have none

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/schedule"
)

// A change is told as "opens" or "closes" and the clock that it happens at, with its zone.
const layout = "Mon 2 Jan 2006 15:04 -0700"

func changes(t *testing.T, w schedule.Window, zone, from string, n int) []string {
	t.Helper()
	at := moment(t, zone, from)
	var got []string
	for range n {
		next, opens, ok := w.Next(at)
		if !ok {
			return append(got, "never again")
		}
		if opens == w.Open(at) || opens != w.Open(next) || w.Open(next.Add(-1)) != w.Open(at) {
			t.Fatalf("%s: Next says opens=%v and Open says otherwise around it", next, opens)
		}
		word := "closes "
		if opens {
			word = "opens "
		}
		got, at = append(got, word+next.Format(layout)), next
	}
	return got
}

// moment is the first one at which a zone's clock shows a time.
func moment(t *testing.T, zone, clock string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func window(t *testing.T, days []string, start, end, zone string) schedule.Window {
	t.Helper()
	w, err := schedule.New(days, start, end, zone)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWindowChanges(t *testing.T) {
	const brussels, lordHowe, stJohns, apia = "Europe/Brussels", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"
	daily := []string(nil)
	for _, c := range []struct {
		name       string
		days       []string
		start, end string
		zone, from string
		want       []string
	}{
		{"nothing said is always", daily, "", "", brussels, "2026-11-22 00:00", []string{"never again"}},
		{"the whole week is always", []string{"week"}, "", "", brussels, "2026-11-22 00:00", []string{"never again"}},
		{"all days by their names are always", []string{"weekday", "Saturday", "SUNDAY"}, "09:00", "09:00", brussels, "2026-11-22 00:00", []string{"never again"}},
		{"8 to 17 is nine hours, where the predecessor counted 33", daily, "08:00", "17:00", brussels, "2026-11-22 00:00", []string{
			"opens Sun 22 Nov 2026 08:00 +0100", "closes Sun 22 Nov 2026 17:00 +0100", "opens Mon 23 Nov 2026 08:00 +0100",
		}},
		{"weekdays are one window from Monday to Friday", []string{"weekday"}, "", "", brussels, "2026-11-22 00:00", []string{
			"opens Mon 23 Nov 2026 00:00 +0100", "closes Sat 28 Nov 2026 00:00 +0100", "opens Mon 30 Nov 2026 00:00 +0100",
		}},
		{"an empty start is the whole day whatever the end", []string{"weekend"}, "", "17:00", brussels, "2026-11-18 00:00", []string{
			"opens Sat 21 Nov 2026 00:00 +0100", "closes Mon 23 Nov 2026 00:00 +0100",
		}},
		{"an empty end is the whole day whatever the start", []string{"Sunday"}, "08:00", "", brussels, "2026-11-18 00:00", []string{
			"opens Sun 22 Nov 2026 00:00 +0100", "closes Mon 23 Nov 2026 00:00 +0100",
		}},
		{"over midnight belongs to the day of the start", []string{"friday"}, "22:00", "06:00", brussels, "2026-11-20 00:00", []string{
			"opens Fri 20 Nov 2026 22:00 +0100", "closes Sat 21 Nov 2026 06:00 +0100", "opens Fri 27 Nov 2026 22:00 +0100",
		}},
		{"an end at midnight ends the day", []string{"friday"}, "18:00", "00:00", brussels, "2026-11-20 00:00", []string{
			"opens Fri 20 Nov 2026 18:00 +0100", "closes Sat 21 Nov 2026 00:00 +0100", "opens Fri 27 Nov 2026 18:00 +0100",
		}},
		{"a window that touches the next day's goes on", []string{"thursday", "friday"}, "00:01", "00:00", brussels, "2026-11-19 00:00", []string{
			"opens Thu 19 Nov 2026 00:01 +0100", "closes Fri 20 Nov 2026 00:00 +0100", "opens Fri 20 Nov 2026 00:01 +0100", "closes Sat 21 Nov 2026 00:00 +0100",
		}},

		{"Brussels, spring: a night is an hour shorter", daily, "22:00", "06:00", brussels, "2026-03-28 12:00", []string{
			"opens Sat 28 Mar 2026 22:00 +0100", "closes Sun 29 Mar 2026 06:00 +0200", "opens Sun 29 Mar 2026 22:00 +0200",
		}},
		{"Brussels, spring: a skipped start opens after the gap", daily, "02:30", "06:00", brussels, "2026-03-29 00:00", []string{
			"opens Sun 29 Mar 2026 03:00 +0200", "closes Sun 29 Mar 2026 06:00 +0200", "opens Mon 30 Mar 2026 02:30 +0200",
		}},
		{"Brussels, spring: a skipped end closes at the gap", daily, "01:00", "02:30", brussels, "2026-03-29 00:00", []string{
			"opens Sun 29 Mar 2026 01:00 +0100", "closes Sun 29 Mar 2026 03:00 +0200", "opens Mon 30 Mar 2026 01:00 +0200",
		}},
		{"Brussels, spring: a window within the gap stays shut", daily, "02:15", "02:45", brussels, "2026-03-28 00:00", []string{
			"opens Sat 28 Mar 2026 02:15 +0100", "closes Sat 28 Mar 2026 02:45 +0100", "opens Mon 30 Mar 2026 02:15 +0200",
		}},
		{"Brussels, spring: the next Sunday's where this one's is within the gap", []string{"sunday"}, "02:15", "02:45", brussels, "2026-03-23 00:00", []string{
			"opens Sun 5 Apr 2026 02:15 +0200", "closes Sun 5 Apr 2026 02:45 +0200",
		}},
		{"Brussels, autumn: a night is an hour longer", daily, "22:00", "06:00", brussels, "2026-10-24 12:00", []string{
			"opens Sat 24 Oct 2026 22:00 +0200", "closes Sun 25 Oct 2026 06:00 +0100",
		}},
		{"Brussels, autumn: a repeated start opens the first time", daily, "02:30", "06:00", brussels, "2026-10-25 00:00", []string{
			"opens Sun 25 Oct 2026 02:30 +0200", "closes Sun 25 Oct 2026 06:00 +0100",
		}},
		{"Brussels, autumn: a repeated end closes the second time", daily, "01:00", "02:30", brussels, "2026-10-25 00:00", []string{
			"opens Sun 25 Oct 2026 01:00 +0200", "closes Sun 25 Oct 2026 02:30 +0100",
		}},
		{"Brussels, autumn: a window within the repeated hour is one", daily, "02:15", "02:45", brussels, "2026-10-25 00:00", []string{
			"opens Sun 25 Oct 2026 02:15 +0200", "closes Sun 25 Oct 2026 02:45 +0100", "opens Mon 26 Oct 2026 02:15 +0100",
		}},

		{"Lord Howe, spring: half an hour is skipped", daily, "02:15", "06:00", lordHowe, "2026-10-04 00:00", []string{
			"opens Sun 4 Oct 2026 02:30 +1100", "closes Sun 4 Oct 2026 06:00 +1100", "opens Mon 5 Oct 2026 02:15 +1100",
		}},
		{"Lord Howe, autumn: half an hour is repeated", daily, "01:45", "01:50", lordHowe, "2026-04-05 00:00", []string{
			"opens Sun 5 Apr 2026 01:45 +1100", "closes Sun 5 Apr 2026 01:50 +1030", "opens Mon 6 Apr 2026 01:45 +1030",
		}},
		{"Lord Howe, autumn: what ends before the repeated half hour ends once", daily, "00:00", "01:30", lordHowe, "2026-04-05 00:00", []string{
			"closes Sun 5 Apr 2026 01:30 +1100", "opens Mon 6 Apr 2026 00:00 +1030",
		}},

		{"St John's, spring 2010: 00:01 becomes 01:01", []string{"sunday"}, "", "", stJohns, "2010-03-13 12:00", []string{
			"opens Sun 14 Mar 2010 00:00 -0330", "closes Mon 15 Mar 2010 00:00 -0230",
		}},
		{"St John's, spring 2010: a start within the skipped hour", daily, "00:30", "08:00", stJohns, "2010-03-13 12:00", []string{
			"opens Sun 14 Mar 2010 01:01 -0230", "closes Sun 14 Mar 2010 08:00 -0230",
		}},
		{"St John's, autumn 2010: Sunday begins, is Saturday again for 59 minutes, and belongs to Sunday", []string{"sunday"}, "", "", stJohns, "2010-11-06 12:00", []string{
			"opens Sun 7 Nov 2010 00:00 -0230", "closes Mon 8 Nov 2010 00:00 -0330",
		}},
		{"St John's, autumn 2010: Saturday ends when it is over for good", []string{"saturday"}, "", "", stJohns, "2010-11-06 12:00", []string{
			"closes Sun 7 Nov 2010 00:00 -0330", "opens Sat 13 Nov 2010 00:00 -0330",
		}},
		{"St John's, autumn 2010: a repeated late evening", daily, "23:30", "23:45", stJohns, "2010-11-06 12:00", []string{
			"opens Sat 6 Nov 2010 23:30 -0230", "closes Sat 6 Nov 2010 23:45 -0330", "opens Sun 7 Nov 2010 23:30 -0330",
		}},
		{"St John's today: at two in the night as elsewhere", daily, "01:30", "06:00", stJohns, "2026-11-01 00:00", []string{
			"opens Sun 1 Nov 2026 01:30 -0230", "closes Sun 1 Nov 2026 06:00 -0330",
		}},

		{"Samoa 2011: a day that the clock skipped has no window", []string{"friday"}, "08:00", "17:00", apia, "2011-12-29 00:00", []string{
			"opens Fri 6 Jan 2012 08:00 +1400", "closes Fri 6 Jan 2012 17:00 +1400",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := window(t, c.days, c.start, c.end, c.zone)
			n := len(c.want)
			if diff := cmp.Diff(changes(t, w, c.zone, c.from, n), c.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

func TestPredecessorsCaseIsNineHours(t *testing.T) {
	w := window(t, nil, "08:00", "17:00", "Europe/Brussels")
	opens, _, _ := w.Next(moment(t, "Europe/Brussels", "2026-11-22 00:00"))
	closes, _, _ := w.Next(opens)
	if got := closes.Sub(opens); got != 9*time.Hour {
		t.Errorf("8 to 17 is %s, want 9h", got)
	}
}

func TestZeroWindowNeverCloses(t *testing.T) {
	var w schedule.Window
	now := moment(t, "UTC", "2026-11-22 00:00")
	if _, _, ok := w.Next(now); ok || !w.Open(now) || w.String() != "always" {
		t.Errorf("the zero window is %s and changes=%v", w, ok)
	}
}
