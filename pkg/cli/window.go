package cli

import (
	"fmt"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/plan"
)

// windowView is whether new blocks are allowed now.
type windowView struct {
	Open bool `json:"open"`
	// Until is when that changes.
	Until time.Time `json:"until,omitzero"`
	// Releases: those for want of a reason wait too while it is closed.
	Releases bool `json:"releases,omitempty"`
	text     string
}

// clockTime is a time by the clock of the window's zone.
const clockTime = "Mon 2 Jan 15:04 MST"

// viewWindow is nil where the window never closes.
func viewWindow(cfg *config.Config, now time.Time) *windowView {
	w := cfg.Schedule()
	if w.Always() {
		return nil
	}
	change, _, _ := w.Next(now)
	v := &windowView{Open: w.Open(now), Until: change.UTC(), Releases: cfg.Window.HoldsReleases()}
	switch until := change.Format(clockTime); {
	case v.Open:
		v.text = fmt.Sprintf("window: open until %s", until)
	case v.Releases:
		v.text = fmt.Sprintf("window: closed until %s, new blocks and releases wait", until)
	default:
		v.text = fmt.Sprintf("window: closed until %s, new blocks wait", until)
	}
	return v
}

// closed is the window as a pass has to heed it.
func (s *system) closed() plan.Closed {
	w, now := s.cfg.Schedule(), s.app.Now()
	if s.ignoreWindow || w.Open(now) {
		return plan.Closed{}
	}
	change, _, _ := w.Next(now)
	return plan.Closed{Why: "outside the window until " + change.Format(clockTime), Releases: s.cfg.Window.HoldsReleases()}
}
