package view

import (
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// Stop is a panic or a pause.
type Stop struct {
	What string    `json:"what"`
	By   entity.By `json:"by"`
	// Text says it in a sentence.
	Text string `json:"-"`
}

// StopsOf are what persons stopped, the graver first.
func StopsOf(stops journal.Stops) []Stop {
	var all []Stop
	if by := stops.Panic; by != nil {
		all = append(all, Stop{"panic", *by, "panic by " + Person(*by) + `: nothing is put on any device until "var resume"`})
	}
	if by := stops.Pause; by != nil {
		all = append(all, Stop{"pause", *by, "paused by " + Person(*by) + `: nobody is blocked newly until "var resume"`})
	}
	return all
}
