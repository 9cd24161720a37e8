package schedule

import "time"

// Pace is the time from the start of one pass to the start of the next.
type Pace struct {
	Interval time.Duration
	// Jitter is how many percent of the interval, from 0 to 100, the next pass may come earlier or later.
	Jitter int
	// Random gives numbers from 0 up to 1, and is asked once for each pass where there is jitter.
	Random func() float64
}

// Wait is how long after now the pass comes that follows one which began at started. A pass that took
// longer than the interval is followed at once, and by one: what was missed is not made up for.
func (p Pace) Wait(started, now time.Time) time.Duration {
	return max(0, p.interval()-now.Sub(started))
}

// interval is the one before the next pass.
func (p Pace) interval() time.Duration {
	if p.Jitter == 0 {
		return p.Interval
	}
	share := float64(p.Jitter) / 100 * (2*p.Random() - 1)
	return p.Interval + time.Duration(share*float64(p.Interval))
}
