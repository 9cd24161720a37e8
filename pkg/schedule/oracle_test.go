package schedule_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/schedule"
)

// minute is what the clock on the wall shows for one minute.
type minute struct {
	date, clock string
	weekday     string
}

// wall is every minute of a few days, as the clock of a zone shows them.
func wall(loc *time.Location, from time.Time, minutes int) []minute {
	all := make([]minute, minutes)
	for i := range all {
		shown := from.Add(time.Duration(i) * time.Minute).In(loc)
		all[i] = minute{shown.Format("2006-01-02"), shown.Format("15:04"), strings.ToLower(shown.Weekday().String())}
	}
	return all
}

// openMinutes looks at each minute of the wall: for each date that opens, all between the first minute that lies in its
// window and the last one are open.
func openMinutes(all []minute, days map[string]bool, start, end string) []bool {
	open := make([]bool, len(all))
	dates := map[string]string{}
	for _, m := range all {
		dates[m.date] = m.weekday
	}
	for date, weekday := range dates {
		if len(days) > 0 && !days[weekday] {
			continue
		}
		first, last := -1, -1
		next := dayAfter(date)
		for i, m := range all {
			if !within(m, date, next, start, end) {
				continue
			}
			if first < 0 {
				first = i
			}
			last = i
		}
		for i := first; first >= 0 && i <= last; i++ {
			open[i] = true
		}
	}
	return open
}

// within compares texts, which sort as the times that they tell. next is the day after the date.
func within(m minute, date, next, start, end string) bool {
	switch {
	case start == "" || end == "" || start == end:
		return m.date == date
	case start < end:
		return m.date == date && m.clock >= start && m.clock < end
	}
	return m.date == date && m.clock >= start || m.date == next && m.clock < end
}

func dayAfter(date string) string {
	at, err := time.Parse(time.RFC3339, date+"T12:00:00Z")
	if err != nil {
		panic(err)
	}
	return at.Add(24 * time.Hour).Format("2006-01-02")
}

// eras are days on which clocks change, and one on which none does.
var eras = []struct{ zone, date string }{
	{"Europe/Brussels", "2026-03-29"},
	{"Europe/Brussels", "2026-10-25"},
	{"Europe/Brussels", "2026-06-01"},
	{"Australia/Lord_Howe", "2026-04-05"},
	{"Australia/Lord_Howe", "2026-10-04"},
	{"America/St_Johns", "2010-03-14"},
	{"America/St_Johns", "2010-11-07"},
	{"America/St_Johns", "2026-03-08"},
	{"America/St_Johns", "2026-11-01"},
	{"America/Sao_Paulo", "2018-11-04"},
	{"Asia/Kathmandu", "1986-01-01"},
	{"Africa/Casablanca", "2026-02-15"},
	{"Antarctica/Troll", "2026-03-29"},
	{"America/New_York", "2060-11-07"},
}

func TestWindowAgreesWithTheClockOnTheWall(t *testing.T) {
	const day = 24 * 60
	walls := map[string][]minute{} // one for each era: telling so many times takes long
	rapid.Check(t, func(t *rapid.T) {
		era := rapid.SampledFrom(eras).Draw(t, "era")
		days := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"friday", "saturday", "sunday", "monday", "tuesday"}), rapid.ID[string]).Draw(t, "days")
		start, end := clock(t, "start"), clock(t, "end")
		loc, err := time.LoadLocation(era.zone)
		if err != nil {
			t.Fatal(err)
		}
		change, _ := time.Parse("2006-01-02", era.date)
		from := change.Add(-4 * 24 * time.Hour)
		set := map[string]bool{}
		for _, d := range days {
			set[d] = true
		}
		if walls[era.zone+era.date] == nil {
			walls[era.zone+era.date] = wall(loc, from, 8*day)
		}
		want := openMinutes(walls[era.zone+era.date], set, start, end)
		w, err := schedule.New(days, start, end, era.zone)
		if err != nil {
			t.Fatal(err)
		}
		for i := 3 * day; i < 5*day; i++ { // the edges of the wall cut windows off
			if at := from.Add(time.Duration(i) * time.Minute); w.Open(at) != want[i] {
				t.Fatalf("%s: open is %v, want %v", at.In(loc), w.Open(at), want[i])
			}
		}
		nextAgrees(t, w, from, want, rapid.IntRange(2*day, 5*day).Draw(t, "asked at"), 6*day)
	})
}

// clock draws times around which clocks change more often than others.
func clock(t *rapid.T, name string) string {
	near := rapid.SampledFrom([]string{"", "00:00", "00:01", "00:30", "01:01", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "23:01", "23:30", "23:59"})
	every := rapid.Custom(func(t *rapid.T) string {
		return two(rapid.IntRange(0, 23).Draw(t, "hour")) + ":" + two(rapid.IntRange(0, 59).Draw(t, "minute"))
	})
	return rapid.OneOf(near, every).Draw(t, name)
}

func two(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }

// nextAgrees looks for the next change on the wall, up to the last minute that it can be trusted for.
func nextAgrees(t *rapid.T, w schedule.Window, from time.Time, open []bool, asked, last int) {
	at := from.Add(time.Duration(asked) * time.Minute)
	change, opens, ok := w.Next(at)
	for i := asked + 1; i < last; i++ {
		if open[i] == open[asked] {
			continue
		}
		if want := from.Add(time.Duration(i) * time.Minute); !ok || !change.Equal(want) || opens != open[i] {
			t.Fatalf("after %s: next is %s (opens %v, ok %v), want %s (opens %v)", at, change, opens, ok, want, open[i])
		}
		return
	}
	if ok && change.Before(from.Add(time.Duration(last)*time.Minute)) {
		t.Fatalf("after %s: next is %s, and nothing changes before %s", at, change, from.Add(time.Duration(last)*time.Minute))
	}
}
