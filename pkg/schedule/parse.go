package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error says what is wrong with one of the values that a window is made of.
type Error struct {
	// Key is "days[1]", "start", "end" or "timezone".
	Key  string
	Text string
}

func (e *Error) Error() string { return e.Key + ": " + e.Text }

// New is the window that is open on the days from start to end by the clock of a zone.
//
// Days are "week", "weekday", "weekend" and names of days in any case; none: every day. Start and end are
// "HH:MM"; where one is empty or both are alike, the whole of each day. An end before the start is on the next day.
// The zone has a name of the IANA database; empty: the machine's. The error joins an *Error for each wrong value.
func New(days []string, start, end, zone string) (Window, error) {
	var w Window
	var errs [4]error
	w.days, errs[0] = parseDays(days)
	w.start, errs[1] = parseClock("start", start)
	w.end, errs[2] = parseClock("end", end)
	w.zone, errs[3] = parseZone(zone)
	if err := errors.Join(errs[:]...); err != nil {
		return Window{}, err
	}
	if start == "" || end == "" {
		w.start, w.end = 0, 0
	}
	return w, nil
}

func parseDays(names []string) (days [7]bool, err error) {
	for i, name := range names {
		some := dayNamed(strings.ToLower(strings.TrimSpace(name)))
		if len(some) == 0 {
			err = errors.Join(err, &Error{fmt.Sprintf("days[%d]", i), fmt.Sprintf("%q is no day: want week, weekday, weekend or the name of a day such as monday", name)})
		}
		for _, day := range some {
			days[day] = true
		}
	}
	return days, err
}

func dayNamed(name string) []time.Weekday {
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	switch name {
	case "week":
		return append(workdays, time.Saturday, time.Sunday)
	case "weekday":
		return workdays
	case "weekend":
		return []time.Weekday{time.Saturday, time.Sunday}
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.ToLower(day.String()) == name {
			return []time.Weekday{day}
		}
	}
	return nil
}

// parseClock reads minutes of a day.
func parseClock(key, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, &Error{key, fmt.Sprintf("%q is no time of a day: want 00:00 to 23:59 such as 08:30, or nothing for the whole day", text)}
	}
	return t.Hour()*60 + t.Minute(), nil
}

func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func parseZone(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, &Error{"timezone", fmt.Sprintf("%q is no time zone that is known here: want a name such as Europe/Brussels or UTC, or nothing for the machine's", name)}
	}
	return zone, nil
}
