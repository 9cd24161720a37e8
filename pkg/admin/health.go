package admin

import "time"

// Health is the stable shape of /healthz. Additions come without a new Schema.
type Health struct {
	Schema int `json:"schema"`
	// OK: there is no problem; the answer is 200 then, else 503.
	OK      bool      `json:"ok"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	At      time.Time `json:"at"`
	// Pass is when the last pass ended; zero: none has yet.
	Pass time.Time `json:"last_pass,omitzero"`
	// Problems are what somebody has to look at, a sentence each.
	Problems []string `json:"problems"`
	// Stopped are a panic and a pause, with who and why.
	Stopped  []Stop    `json:"stopped"`
	Gates    []Gate    `json:"gates"`
	Sources  []Part    `json:"sources"`
	Blockers []Part    `json:"blockers"`
	Channels []Channel `json:"channels,omitempty"`
}

// Part is a source or a blocker.
type Part struct {
	Name string `json:"name"`
	// Success is when a source was last read completely, or a blocker last did all that it was asked; zero: never, or
	// not since the process began.
	Success time.Time `json:"last_success,omitzero"`
	// Problem is what went wrong since.
	Problem string `json:"problem,omitempty"`
}

// Stop is a panic or a pause.
type Stop struct {
	What   string    `json:"what"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// Gate is a limit that holds something back.
type Gate struct {
	Source    string `json:"source"`
	Kind      string `json:"kind,omitempty"`
	Direction string `json:"direction"`
	Why       string `json:"why"`
}

// Channel is where notifications go.
type Channel struct {
	Name string `json:"name"`
	// Pending is how many events wait to be told.
	Pending int    `json:"pending"`
	Problem string `json:"problem,omitempty"`
}
