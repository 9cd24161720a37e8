package view

import (
	"context"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
)

// Channel is how a channel does that tells what was done.
type Channel struct {
	Channel string `json:"channel"`
	// Down is since when it takes nothing; zero: it does, as far as was tried. Problem is why, or what it complains of.
	Down    time.Time `json:"down,omitzero"`
	Problem string    `json:"problem,omitempty"`
	// Waiting counts the events that wait for it, Missed those that were too old to be kept for it.
	Waiting int `json:"waiting"`
	Missed  int `json:"missed,omitempty"`
}

// Text is "mail down since …, 12 events wait: 535 …"; empty where all is well.
func (c Channel) Text() string {
	text := c.Channel
	switch {
	case !c.Down.IsZero():
		text += " down since " + Stamp(c.Down) + ","
	case c.Problem == "":
		return ""
	}
	if c.Waiting > 0 {
		text += fmt.Sprintf(" %d events wait", c.Waiting)
	}
	if c.Missed > 0 {
		text += fmt.Sprintf(", %d are lost", c.Missed)
	}
	return text + ": " + inert.Line(c.Problem)
}

func (v *Status) channels(ctx context.Context, outlets []notify.Outlet, j *journal.Journal) error {
	for _, o := range outlets {
		s, err := notify.Look(ctx, j, o)
		if err != nil {
			return err
		}
		v.Channels = append(v.Channels, Channel{Channel: s.Name, Down: s.Down, Problem: s.Problem, Waiting: s.Waiting, Missed: s.Missed})
	}
	return nil
}
