// Package admin answers those who watch a loop: metrics, health, and a page to look at. Nobody can change anything
// through it, and nothing that it answers asks a brain or a device.
package admin

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Options are what a listener answers with.
type Options struct {
	Facts Facts
	// Metrics answers /metrics, Page all that is under / and nothing else answers, both GET and HEAD alone; nil:
	// there is none.
	Metrics, Page http.Handler
	Log           *slog.Logger
	// Pause waits before a port is tried again, or ends early with the context.
	Pause func(context.Context, time.Duration) error
	// Changed is told when the listener can be reached at an address, with a nil error, and when it cannot, with why:
	// once each. It is called by one goroutine at a time.
	Changed func(address string, problem error)
}

// Place says where and for whom a listener answers.
type Place struct {
	// Listen is host and port; empty: nowhere.
	Listen string
	// Hosts are the names by which it may be asked besides localhost and its own address, so that no page of somebody
	// else reaches it through a browser and a name that points here.
	Hosts []string
	// Page: the page is shown.
	Page bool
}

// Facts is what the process knows of itself. Its methods are called at any time and side by side, with contexts of a few
// seconds.
type Facts interface {
	// Alive is nil as long as the loop makes progress, whatever brains and devices do.
	Alive() error
	// Ready is nil once the journal answers and a first pass was made with the configuration.
	Ready(ctx context.Context) error
	// Health is what is well and what is not.
	Health(ctx context.Context) Health
}
