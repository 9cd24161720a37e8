package entity

import (
	"errors"
	"fmt"
	"time"
)

// Refusals of the journal: a person stopped what an intent was for. What wraps them says who, when and why.
var (
	// ErrPanic: nothing is put on any device until a person says resume.
	ErrPanic = errors.New("panic was called")
	// ErrPaused: nobody is blocked newly until a person says resume.
	ErrPaused = errors.New("new blocks are paused")
)

// Stopped reports that an intent was not taken since a person stopped everything of its kind.
func Stopped(err error) bool { return errors.Is(err, ErrPanic) || errors.Is(err, ErrPaused) }

// LeasedError says that another process works on what a lease stands for.
type LeasedError struct {
	// Name is "source:<name>" or "blocker:<name>", Holder tells the process, Since when it took the lease.
	Name, Holder string
	Since        time.Time
}

// Error names the lease and its holder.
func (e *LeasedError) Error() string {
	text := fmt.Sprintf("%s is in use by %s", e.Name, e.Holder)
	if !e.Since.IsZero() {
		text += ", since " + e.Since.UTC().Format(time.RFC3339)
	}
	return text
}
