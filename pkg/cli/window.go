package cli

import (
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/view"
)

// configuredView is what the configuration says of what the journal tells.
func configuredView(cfg *config.Config, now time.Time) view.Configured {
	return view.Configured{
		Sources: configuredSources(cfg), Window: view.WindowOf(cfg.Schedule(), cfg.Window.HoldsReleases(), now), Channels: outletsOf(cfg.Notify),
	}
}

// closed is the window as a pass has to heed it.
func (s *system) closed() plan.Closed {
	w, now := s.cfg.Schedule(), s.app.Now()
	if s.ignoreWindow || w.Open(now) {
		return plan.Closed{}
	}
	change, _, _ := w.Next(now)
	return plan.Closed{Why: "outside the window until " + change.Format(view.ClockTime), Releases: s.cfg.Window.HoldsReleases()}
}
