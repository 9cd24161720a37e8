package schedule_test

import (
	"math"
	"testing"
	"time"

	"github.com/var-project/var/pkg/schedule"
)

func TestWaitCountsFromTheStartOfThePass(t *testing.T) {
	started := moment(t, "UTC", "2026-11-22 00:00")
	for _, c := range []struct {
		name       string
		took, want time.Duration
	}{
		{"a short pass", 10 * time.Second, 290 * time.Second},
		{"a pass of exactly the interval", 5 * time.Minute, 0},
		{"a pass that took three intervals is followed at once", 15 * time.Minute, 0},
		{"a clock that went back adds nothing beyond that", -time.Minute, 6 * time.Minute},
	} {
		pace := schedule.Pace{Interval: 5 * time.Minute}
		if got := pace.Wait(started, started.Add(c.took)); got != c.want {
			t.Errorf("%s: waits %s, want %s", c.name, got, c.want)
		}
	}
}

func TestJitterIsAPartOfTheInterval(t *testing.T) {
	started := moment(t, "UTC", "2026-11-22 00:00")
	for _, c := range []struct {
		random float64
		want   time.Duration
	}{
		{0, 90 * time.Second},
		{0.25, 95 * time.Second},
		{0.5, 100 * time.Second},
		{0.75, 105 * time.Second},
		{math.Nextafter(1, 0), 110 * time.Second},
	} {
		pace := schedule.Pace{Interval: 100 * time.Second, Jitter: 10, Random: func() float64 { return c.random }}
		if got := pace.Wait(started, started).Round(time.Millisecond); got != c.want {
			t.Errorf("%v: waits %s, want %s", c.random, got, c.want)
		}
	}
}
