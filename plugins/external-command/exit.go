package main

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// classes of exit codes: those of sysexits.h, all others are permanent.
var classes = map[int]blocker.ErrorClass{
	67: blocker.Absent,       // EX_NOUSER
	68: blocker.Absent,       // EX_NOHOST
	69: blocker.Transient,    // EX_UNAVAILABLE
	75: blocker.Transient,    // EX_TEMPFAIL
	77: blocker.Unauthorized, // EX_NOPERM
}

// nothing are the exit codes by which a command says that it changed nothing.
var nothing = map[int]bool{64: true, 67: true, 68: true, 69: true, 77: true, 78: true}

// exitError is how a command ended.
type exitError struct {
	program, said string
	code          int
}

// Error names the program, the code and what it said.
func (e *exitError) Error() string {
	text := fmt.Sprintf("%s ended with code %d", e.program, e.code)
	if e.said != "" {
		text += ": " + e.said
	}
	return text
}

func ended(program string, exit *exec.ExitError, said string) error {
	if code := exit.ExitCode(); code >= 0 {
		class, ok := classes[code]
		if !ok {
			class = blocker.Permanent
		}
		return &blocker.Error{Class: class, Err: &exitError{program, said, code}}
	}
	return &blocker.Error{Class: entity.Unknown, Err: fmt.Errorf("%s was ended: %s", program, exit.ProcessState)}
}

// nothingDone reports that the command did not run, or said that it changed nothing.
func nothingDone(err error) bool {
	var exit *exitError
	if errors.As(err, &exit) {
		return nothing[exit.code]
	}
	return errors.Is(err, errNotStarted)
}
