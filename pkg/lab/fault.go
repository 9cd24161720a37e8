package lab

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Misbehaviour is what an end does instead of answering well.
type Misbehaviour string

// What an end can be told to do.
const (
	AnswerStatus Misbehaviour = "status"     // answer Status with Body, without handling the request
	Reset        Misbehaviour = "reset"      // reset the connection, without handling the request
	Hang         Misbehaviour = "timeout"    // hold the request until the client goes or the end closes
	Slow         Misbehaviour = "slow"       // handle it, send half of the answer, then hold the rest
	Truncate     Misbehaviour = "truncate"   // handle it, send half of the answer as if it were all
	HTML         Misbehaviour = "html"       // answer Status (502 unless set) with a proxy's HTML page
	DropAfter    Misbehaviour = "drop-after" // handle it, then reset the connection without an answer
	Concurrent   Misbehaviour = "change"     // apply Op with Args to the simulator first, then handle the request
)

// Fault makes an end misbehave for some of its requests.
type Fault struct {
	// Match is a part of the request's kind; empty matches all.
	Match string `json:"match,omitempty"`
	// Skip lets this many matching requests through first.
	Skip int `json:"skip,omitempty"`
	// Times is how many requests it spoils; 0 is until it is removed.
	Times int          `json:"times,omitempty"`
	What  Misbehaviour `json:"what"`

	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	// RetryAfter becomes the header of that name, with AnswerStatus.
	RetryAfter string          `json:"retry_after,omitempty"`
	Op         string          `json:"op,omitempty"`
	Args       json.RawMessage `json:"args,omitempty"`
}

func (f Fault) check() error {
	switch f.What {
	case AnswerStatus:
		if f.Status < 100 || f.Status > 599 {
			return fmt.Errorf("lab: fault %q needs a status between 100 and 599, not %d", f.What, f.Status)
		}
	case Concurrent:
		if f.Op == "" {
			return fmt.Errorf("lab: fault %q needs the op to apply", f.What)
		}
	case Reset, Hang, Slow, Truncate, HTML, DropAfter:
	default:
		return fmt.Errorf("lab: no fault %q; there are status, reset, timeout, slow, truncate, html, drop-after, change", f.What)
	}
	return nil
}

// faults are the rules of one end, asked in order.
type faults struct {
	mu    sync.Mutex
	rules []*armed
}

type armed struct {
	Fault
	seen, done int
}

func (f *faults) set(rules []Fault) error {
	next := make([]*armed, 0, len(rules))
	for _, r := range rules {
		if err := r.check(); err != nil {
			return err
		}
		next = append(next, &armed{Fault: r})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = next
	return nil
}

// take gives the first rule that spoils a request of this kind, and counts it.
func (f *faults) take(kind string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rule := range f.rules {
		if rule.spoils(kind) {
			return rule.Fault, true
		}
	}
	return Fault{}, false
}

func (a *armed) spoils(kind string) bool {
	if !strings.Contains(kind, a.Match) || (a.Times > 0 && a.done >= a.Times) {
		return false
	}
	a.seen++
	if a.seen <= a.Skip {
		return false
	}
	a.done++
	return true
}
