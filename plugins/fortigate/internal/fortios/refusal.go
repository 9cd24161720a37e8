package fortios

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/var-project/var/pkg/blocker"
)

// Refusal is an answer that says no: the device did not do what it was asked.
type Refusal struct {
	// Op is the method and the path of the request.
	Op string
	// HTTP is the status, Code FortiOS' own number or 0.
	HTTP, Code int
	// Text is what the device said.
	Text string
	// own says that FortiOS itself answered, not a proxy or the web server in front of it.
	own bool
}

// Error tells what was asked, what was answered, and what the number means.
func (r *Refusal) Error() string {
	text := fmt.Sprintf("%s: HTTP %d", r.Op, r.HTTP)
	if r.Code != 0 {
		text += fmt.Sprintf(", error %d", r.Code)
	}
	for _, more := range []string{meaning(r.HTTP, r.Code), r.Text} {
		if more != "" {
			text += ": " + more
		}
	}
	return text
}

// Lost is a request of which nobody knows whether the device acted on it.
type Lost struct {
	Op  string
	Err error
}

// Error tells what was asked and how the answer got lost.
func (l *Lost) Error() string { return l.Op + ": " + l.Err.Error() }

// Unwrap gives the cause.
func (l *Lost) Unwrap() error { return l.Err }

// MayHaveActed reports that the device may have done what failed with err.
func MayHaveActed(err error) bool {
	var l *Lost
	return errors.As(err, &l)
}

// The codes that a caller decides on; the numbers are FortiOS'.
const (
	codeNotFound   = -3
	codeDuplicate  = -5
	codeDuplicate2 = -15
	codeBlank      = -16
	codeBlank2     = -20
	codeInUse      = -23
	codeEmpty      = -56
	codeTimeout    = -360
	codeAddFailed  = -361
	codeBadInput   = -651
)

// IsMissing reports that FortiOS itself says that the entry is not there. A 404 of something in
// front of it is no such word.
func IsMissing(err error) bool {
	r, ok := refusal(err)
	return ok && r.own && (r.HTTP == http.StatusNotFound || r.Code == codeNotFound)
}

// IsUnknownResource reports an HTTP 404, whoever said it: this firmware may not have the call.
func IsUnknownResource(err error) bool {
	r, ok := refusal(err)
	return ok && (r.HTTP == http.StatusNotFound || r.HTTP == http.StatusMethodNotAllowed)
}

// IsDuplicate reports that the entry is there already.
func IsDuplicate(err error) bool { return hasCode(err, codeDuplicate, codeDuplicate2) }

// IsInUse reports that the entry is referenced and was left.
func IsInUse(err error) bool { return hasCode(err, codeInUse) }

// IsEmptyRefused reports that the firmware does not let the list become empty (before 7.2.0).
func IsEmptyRefused(err error) bool { return hasCode(err, codeBlank, codeBlank2, codeEmpty) }

// IsDangling reports that a named entry does not exist where it is to be referenced.
func IsDangling(err error) bool { return hasCode(err, codeBadInput) || IsMissing(err) }

// IsBadInput reports that the device judged a value and not the moment: one element of a list may be to blame.
func IsBadInput(err error) bool {
	r, ok := refusal(err)
	return ok && classOfCode(r.Code) == blocker.Permanent && r.HTTP != http.StatusNotFound
}

func refusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

func hasCode(err error, codes ...int) bool {
	r, ok := refusal(err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if r.Code == c {
			return true
		}
	}
	return false
}
