package notify

import (
	"context"
	"fmt"
	"hash/fnv"
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
	// Key is the same when the same events are sent again together, so that the other end can tell.
	Key string
	At  time.Time
	// Test: a person wants to see whether something arrives; there are no events.
	Test bool
	// whose is where events of the same numbers are the same ones.
	whose string
}

// Part is a batch of some of the events, for a channel that sends a batch in several messages. Its key is the same
// whichever batch these events are a part of: what was sent before them may have been taken in the meantime.
func (b Batch) Part(from, to int) Batch {
	if from == 0 && to == len(b.Events) {
		return b
	}
	part := b
	part.Events, part.More, part.Key = b.Events[from:to], b.More+len(b.Events)-to, key(b.whose, b.Events[from:to])
	if from > 0 {
		part.Missed = 0 // the first part has told it
	}
	return part
}

// key names events by the first and the last of them.
func key(whose string, events []Event) string {
	h := fnv.New128a()
	fmt.Fprintln(h, whose)
	for _, e := range []int{0, len(events) - 1} {
		if len(events) > 0 {
			fmt.Fprintln(h, events[e].ID, events[e].At.Format(time.RFC3339Nano))
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
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
