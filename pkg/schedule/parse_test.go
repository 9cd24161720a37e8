package schedule_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/schedule"
)

func TestWrongValuesAreNamedByTheirKeys(t *testing.T) {
	for _, c := range []struct {
		name             string
		days             []string
		start, end, zone string
		want             []string
	}{
		{name: "a day in another language", days: []string{"monday", "mardi"}, want: []string{"days[1]"}},
		{name: "an empty day", days: []string{""}, want: []string{"days[0]"}},
		{name: "an hour alone", start: "8", end: "17", want: []string{"start", "end"}},
		{name: "an hour that no day has", start: "24:00", want: []string{"start"}},
		{name: "seconds", end: "17:00:00", want: []string{"end"}},
		{name: "a negative time", start: "-1:00", want: []string{"start"}},
		{name: "a zone that is none", zone: "Europe/Atlantis", want: []string{"timezone"}},
		{name: "a path instead of a zone", zone: "../etc/passwd", want: []string{"timezone"}},
		{name: "all at once", days: []string{"x"}, start: "x", end: "x", zone: "x", want: []string{"days[0]", "start", "end", "timezone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := schedule.New(c.days, c.start, c.end, c.zone)
			if diff := cmp.Diff(keys(err), c.want); diff != "" {
				t.Errorf("keys (-got +want):\n%s", diff)
			}
		})
	}
}

func keys(err error) []string {
	var all []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			all = append(all, keys(one)...)
		}
		return all
	}
	var wrong *schedule.Error
	if errors.As(err, &wrong) {
		all = append(all, wrong.Key)
	}
	return all
}

func TestWindowTellsItself(t *testing.T) {
	for _, c := range []struct {
		days       []string
		start, end string
		want       string
	}{
		{nil, "", "", "always"},
		{[]string{"Weekend", "monday"}, "", "", "monday saturday sunday UTC"},
		{nil, "22:00", "06:30", "22:00-06:30 UTC"},
		{[]string{"friday"}, "8:00", "17:00", "friday 08:00-17:00 UTC"},
	} {
		if got := window(t, c.days, c.start, c.end, "UTC").String(); got != c.want {
			t.Errorf("window %v %s %s is %q, want %q", c.days, c.start, c.end, got, c.want)
		}
	}
}
