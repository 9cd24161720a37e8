package stage

import (
	"errors"
	"fmt"
	"slices"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

// Check looks whether the pass did its work: what the devices hold, and the marker on each target. A bench of
// something that failed would be fast.
func (s *Stage) Check(w scenario.Work) error {
	held := w == scenario.Block || w == scenario.Nothing
	return errors.Join(s.checkDevices(held), s.checkMarkers(held))
}

func (s *Stage) checkDevices(held bool) error {
	want := 0
	if held {
		want = s.setup.Elements()
	}
	for _, devices := range s.devices {
		for _, d := range devices {
			n, err := d.holds()
			if err != nil {
				return fmt.Errorf("%s: %w", d.name(), err)
			}
			if n >= 0 && n != want {
				return fmt.Errorf("%s holds %d elements, want %d", d.name(), n, want)
			}
		}
	}
	return nil
}

func (s *Stage) checkMarkers(held bool) error {
	for n, b := range s.brains {
		for id := 1; id <= s.setup.Targets; id++ {
			if slices.Contains(b.Tags(s.setup.Kind, id), markers[s.setup.Kind]) != held {
				return fmt.Errorf("%s: %s %d: blocked according to its tags: %v, want %v", brainName(n), s.setup.Kind, id, !held, held)
			}
		}
	}
	return nil
}
