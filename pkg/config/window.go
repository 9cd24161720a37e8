package config

import (
	"errors"

	"github.com/var-project/var/pkg/schedule"
)

// releasesInWindow is the value of window.releases with which releases wait too.
const releasesInWindow = "window"

// Schedule is when new blocks are allowed.
func (c *Config) Schedule() schedule.Window {
	w, _ := c.Window.schedule() // its problems were told when the file was checked
	return w
}

// HoldsReleases says that releases for want of a reason wait for the window, too.
func (w Window) HoldsReleases() bool { return w.Releases == releasesInWindow }

func (w Window) schedule() (schedule.Window, error) {
	return schedule.New(w.Days, w.Start, w.End, w.Timezone)
}

func (k *checker) window(w Window) {
	_, err := w.schedule()
	for _, one := range unjoined(err) {
		var wrong *schedule.Error
		if errors.As(one, &wrong) {
			k.add(join("window", wrong.Key), "%s", wrong.Text)
		}
	}
}

// unjoined gives the errors that were joined into one.
func unjoined(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, unjoined(one)...)
	}
	return all
}
