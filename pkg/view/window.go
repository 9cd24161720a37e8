package view

import (
	"fmt"
	"time"

	"github.com/var-project/var/pkg/schedule"
)

// Window is whether new blocks are allowed now.
type Window struct {
	Open bool `json:"open"`
	// Until is when that changes.
	Until time.Time `json:"until,omitzero"`
	// Releases: those for want of a reason wait too while it is closed.
	Releases bool `json:"releases,omitempty"`
	// Text says it in a sentence.
	Text string `json:"-"`
}

// ClockTime is a time by the clock of the window's zone.
const ClockTime = "Mon 2 Jan 15:04 MST"

// WindowOf is nil where the window never closes.
func WindowOf(w schedule.Window, holdsReleases bool, now time.Time) *Window {
	if w.Always() {
		return nil
	}
	change, _, _ := w.Next(now)
	v := &Window{Open: w.Open(now), Until: change.UTC(), Releases: holdsReleases}
	switch until := change.Format(ClockTime); {
	case v.Open:
		v.Text = fmt.Sprintf("window: open until %s", until)
	case v.Releases:
		v.Text = fmt.Sprintf("window: closed until %s, new blocks and releases wait", until)
	default:
		v.Text = fmt.Sprintf("window: closed until %s, new blocks wait", until)
	}
	return v
}
