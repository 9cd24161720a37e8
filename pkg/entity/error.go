package entity

import (
	"errors"
	"fmt"
	"time"
)

// ErrorClass tells the core the one thing that it needs to know of a failure:
// try again, tell a human, or skip. Classes are open texts on the wire.
type ErrorClass string

// The classes of errors.
const (
	// Transient may succeed when tried again; see Error.RetryAfter.
	Transient ErrorClass = "transient"
	// Permanent will not succeed until a human changes something.
	Permanent ErrorClass = "permanent"
	// Unsupported is what the plugin cannot do at all: shown, not retried, no failure.
	Unsupported ErrorClass = "unsupported"
	// Unauthorized: the device refused the credentials. Not retried; the plugin is reopened once, unless there is a RetryAfter.
	Unauthorized ErrorClass = "unauthorized"
	// Capacity: the device is full.
	Capacity ErrorClass = "capacity"
	// Absent: the device does not know this target. Shown, asked again each pass, no failure.
	Absent ErrorClass = "absent"
	// Unknown: nobody can say whether it was done (the plugin died, the answer was lost). Settled by repeating.
	Unknown ErrorClass = "unknown"
)

// Error is a failure with its class and the device it came from.
type Error struct {
	Class  ErrorClass
	Device string
	// Element is the one element that failed; empty when all did.
	Element string
	// RetryAfter is how long the device asked to be left alone; zero when it did not say.
	RetryAfter time.Duration
	Err        error
}

// Error names the device and the element before the text.
func (e *Error) Error() string {
	text := "failed"
	if e.Err != nil {
		text = e.Err.Error()
	}
	switch {
	case e.Device != "" && e.Element != "":
		return fmt.Sprintf("%s: %s: %s", e.Device, e.Element, text)
	case e.Device != "":
		return e.Device + ": " + text
	case e.Element != "":
		return e.Element + ": " + text
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// gravity orders classes: of several joined errors the gravest speaks for all. What can be
// tried again outweighs what cannot, lest a joined permanent error end the retries of another device.
var gravity = map[ErrorClass]int{
	Unsupported: 1, Absent: 2, Permanent: 3, Capacity: 4, Unauthorized: 5, Transient: 6, Unknown: 7,
}

// ClassOf is the class of an error, wrapped or joined: the gravest of several.
// An error without a class is Permanent; nil has none.
func ClassOf(err error) ErrorClass {
	if err == nil {
		return ""
	}
	class := ErrorClass("")
	for _, e := range Errors(err) {
		if c := e.Class; gravity[c] > gravity[class] {
			class = c
		}
	}
	if class == "" {
		return Permanent
	}
	return class
}

// Errors lists the classed errors inside err, in order; an unclassed part is
// listed as Permanent.
func Errors(err error) []*Error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Error
		for _, part := range joined.Unwrap() {
			all = append(all, Errors(part)...)
		}
		return all
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // the chain is walked here
		return []*Error{e}
	}
	inner := errors.Unwrap(err)
	if inner == nil {
		return []*Error{{Class: Permanent, Err: err}}
	}
	if all := Errors(inner); hasClass(inner) {
		return all
	}
	return []*Error{{Class: Permanent, Err: err}}
}

func hasClass(err error) bool {
	var e *Error
	return errors.As(err, &e)
}

// RetryAfter is the longest wait that any part of err asks for.
func RetryAfter(err error) time.Duration {
	var wait time.Duration
	for _, e := range Errors(err) {
		wait = max(wait, e.RetryAfter)
	}
	return wait
}

// OnlySoft reports that err holds nothing but what the plugin cannot do or the
// device does not know: shown, but no failure of the pass.
func OnlySoft(err error) bool {
	for _, e := range Errors(err) {
		if e.Class != Unsupported && e.Class != Absent {
			return false
		}
	}
	return err != nil
}
