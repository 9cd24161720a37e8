package page

import (
	"time"

	"github.com/var-project/var/pkg/view"
)

// frame is what every page has around it.
type frame struct {
	Title string
	// Here is the page's name among the links.
	Here  string
	Site  Site
	Now   time.Time
	Stops []stop
}

// stop is a panic or a pause in words that cannot be overlooked.
type stop struct {
	Word, What, Way string
	By              string
	Reason          string
	At              time.Time
}

func (p *pages) frame(here string, stopped []view.Stop) frame {
	f := frame{Here: here, Site: p.Site, Now: p.Now()}
	for _, s := range stopped {
		f.Stops = append(f.Stops, stopOf(s))
	}
	return f
}

func stopOf(s view.Stop) stop {
	shown := stop{
		Word: "PAUSED", What: "Nobody is blocked newly. What is held stays held, and releases go on.",
		By: s.By.Who, Reason: s.By.Reason, At: s.By.At, Way: `var resume --reason "TEXT"`,
	}
	if s.What == "panic" {
		shown.Word, shown.What = "PANIC", "Everything was taken off, and nothing is put on any device."
	}
	return shown
}

// titled is a title that says first what stops everything.
func (f frame) titled(text string) frame {
	f.Title = text
	for i := len(f.Stops) - 1; i >= 0; i-- {
		f.Title = f.Stops[i].Word + " · " + f.Title
	}
	return f
}
