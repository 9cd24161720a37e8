package notify

import (
	"context"
	"time"
)

// Origin says who sends.
type Origin struct {
	// Owner is the mark of the installation, Host the machine, Version the program's.
	Owner, Host, Version string
	// Admin is the address of the page where more is to be seen; empty: there is none.
	Admin string
}

// Batch is what a channel is told at once, oldest first.
type Batch struct {
	Events []Event
	// More counts those that wait and come with a later batch. Missed counts those that were too old to be kept in the
	// history before they could be sent, and never come.
	More, Missed int
	// Key is the same when the same batch is sent again, so that the other end can tell.
	Key string
	At  time.Time
	// Test: a person wants to see whether something arrives; there are no events.
	Test bool
}

// Channel sends. It is used by one goroutine at a time.
type Channel interface {
	// Send answers how many of the batch's events, from the first on, the other end has taken: what it answers for
	// certain is never sent again. An error is why it is not all of them, or why a test was not taken. An empty
	// batch is one of which only Missed or Test is to be told.
	Send(ctx context.Context, b Batch) (taken int, err error)
	// Close ends what the channel keeps open.
	Close() error
}
