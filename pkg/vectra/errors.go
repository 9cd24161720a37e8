package vectra

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/var-project/var/pkg/entity"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrGone: the brain says that it does not know the entity (any more). Its class is Absent.
	ErrGone = errors.New("the brain does not know it")
	// ErrNoGroup: no group has exactly this name and type.
	ErrNoGroup = errors.New("there is no such group")
	// ErrIncomplete: what was read is known to be a part only.
	ErrIncomplete = errors.New("it cannot be read completely")
	// ErrUntrusted: nobody who is trusted signed the brain's certificate, or it bears another name.
	ErrUntrusted = errors.New("the brain's certificate is not trusted")
)

// statusError is an answer that is no success.
type statusError struct {
	call   call
	status int
	said   string
	cure   string
	// foreign: the body is no JSON of a brain; silent: there is none.
	foreign, silent bool
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s: HTTP %d", e.call, e.status)
	if e.said != "" {
		text += ": " + e.said
	}
	if e.cure != "" {
		text += " (" + e.cure + ")"
	}
	return text
}

// verdict turns what came of a call into an error with a class, or nil for a success.
func (c *Console) verdict(k call, a answer, err error) error {
	if err != nil {
		return c.failure(k, err)
	}
	if a.status >= 200 && a.status < 300 {
		return nil
	}
	return &entity.Error{
		Class:      statusClass(a.status),
		RetryAfter: retryAfter(a.header, c.now()),
		Err:        c.refusal(k, a),
	}
}

func (c *Console) refusal(k call, a answer) *statusError {
	silent := len(bytes.TrimSpace(a.body)) == 0
	return &statusError{
		call: k, status: a.status, said: c.veil.over(said(a.body)), cure: c.cure(k, a),
		silent: silent, foreign: !silent && !isObject(a.body),
	}
}

// failure is a call without an answer. What is classed already (a login that failed) stays.
func (c *Console) failure(k call, err error) error {
	var l *lost
	if !errors.As(err, &l) {
		return err
	}
	e := &entity.Error{Class: entity.Transient, Err: fmt.Errorf("%s: %w", k, l.err)}
	switch {
	case untrusted(err):
		e.Class = entity.Permanent
		e.Err = fmt.Errorf("%w (%w: set ca_file, or server_name if it bears another name)", e.Err, ErrUntrusted)
	case errors.Is(err, errLarge):
		e.Class = entity.Permanent
	case k.once && l.arrived:
		e.Class = entity.Unknown
	}
	return e
}

func statusClass(status int) entity.ErrorClass {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return entity.Unauthorized
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return entity.Transient
	}
	if status >= http.StatusInternalServerError {
		return entity.Transient
	}
	return entity.Permanent
}

// problem is an error of ours about an answer or a request.
func problem(class entity.ErrorClass, format string, args ...any) error {
	return &entity.Error{Class: class, Err: fmt.Errorf(format, args...)}
}

// hasStatus reports that err is an answer with one of these statuses.
func hasStatus(err error, statuses ...int) bool {
	var e *statusError
	if !errors.As(err, &e) {
		return false
	}
	for _, s := range statuses {
		if e.status == s {
			return true
		}
	}
	return false
}
