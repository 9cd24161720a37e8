package notify

import (
	"context"
	"time"
)

// Standing is how a channel does.
type Standing struct {
	Name string
	// Down is since when it takes nothing, Problem why; zero: it does, as far as was tried, and Problem is a Complaint.
	Down    time.Time
	Problem string
	// Waiting counts the events that wait for it, Missed those that never come.
	Waiting, Missed int
	// Next is when something may be sent again; zero: at any time.
	Next time.Time
}

// Look says how a channel does, without a word to it.
func Look(ctx context.Context, j Reader, o Outlet) (Standing, error) {
	standing := Standing{Name: o.Name}
	s, known, err := recall(ctx, j, o.Name)
	if err != nil || !known {
		return standing, err
	}
	standing.Down, standing.Problem, standing.Next, standing.Missed = s.Down, s.Problem, s.Next, s.Missed
	standing.Waiting, err = o.waiting(ctx, j, s.Cursor)
	return standing, err
}
