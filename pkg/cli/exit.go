package cli

import (
	"errors"
	"fmt"
	"slices"
)

// Exit codes of the program.
const (
	ExitDone    = 0
	ExitError   = 1
	ExitUsage   = 2
	ExitHeld    = 3
	ExitPartial = 4
	ExitLeased  = 5
	// ExitChanges is for plan --exit-code alone.
	ExitChanges = 10
)

// exitHelp stands in the help of the program.
const exitHelp = `Exit codes:
  0  done, nothing failed
  1  error
  2  wrong usage or configuration
  3  something was held back: by a gate, a pause or a panic, or by apply since the world changed
  4  some targets, blockers or sources failed, or a kind was frozen
  5  another instance holds the lease
 10  there is something to do (plan --exit-code)
Of several at once the first of 2, 5, 1, 4, 3 counts.`

// exit is an error with the code that the program ends with. A nil err has been told already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usage marks an error as the operator's: wrong flags, arguments or configuration.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exit{ExitUsage, err}
}

// gravity orders the codes: of several at once the first one counts.
var gravity = []int{ExitUsage, ExitLeased, ExitError, ExitPartial, ExitHeld, ExitChanges}

// worst is the code of several that counts.
func worst(codes ...int) int {
	for _, code := range gravity {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return ExitDone
}

func codeOf(err error) int {
	var e *exit
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &e):
		return e.code
	}
	return ExitError
}

// told reports that the operator has seen everything that err has to say.
func told(err error) bool {
	var e *exit
	return errors.As(err, &e) && e.err == nil
}
