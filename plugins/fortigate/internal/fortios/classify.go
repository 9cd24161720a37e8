package fortios

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// lockout is how long FortiOS locks an address out at first (admin-lockout-duration); it doubles
// for API users, so that asking again soon makes it worse.
const lockout = 60 * time.Second

// judge makes an error of an answer, or none: success is HTTP 200 and status "success", with results as expected.
func judge(op string, res *http.Response, body []byte, results any) (Envelope, error) {
	env, unlike, broken := decodeInto(body, results)
	if broken == nil && res.StatusCode == http.StatusOK && env.OK() {
		if unlike != nil {
			return env, lost(op, fmt.Errorf("the results are not as expected: %w", unlike))
		}
		return env, nil
	}
	r := &Refusal{Op: op, HTTP: res.StatusCode, Code: env.Code, Text: env.Text, own: broken == nil}
	if broken != nil {
		r.Text = excerpt(string(body))
	}
	return env, classify(r, broken, res)
}

func classify(r *Refusal, broken error, res *http.Response) error {
	switch {
	case r.HTTP == http.StatusUnauthorized || r.HTTP == http.StatusForbidden:
		return &blocker.Error{Class: blocker.Unauthorized, Err: r}
	case r.HTTP == http.StatusTooManyRequests:
		return crowded(r, blocker.StatusError(res, "").RetryAfter)
	case r.HTTP/100 == 3:
		r.Text = "the device redirects; check the url"
		return &blocker.Error{Class: blocker.Permanent, Err: r}
	case r.HTTP == http.StatusOK && broken != nil:
		return lost(r.Op, broken)
	case r.HTTP == http.StatusOK || r.HTTP == http.StatusInternalServerError:
		return judged(r)
	}
	return otherwise(r, res)
}

// crowded is an answer to too many requests. FortiOS does not say for how long it locks an address out; what does
// say is in front of it and asks for no more than to go slower.
func crowded(r *Refusal, wait time.Duration) error {
	if wait > 0 {
		return &blocker.Error{Class: blocker.Transient, RetryAfter: wait, Err: r}
	}
	return &blocker.Error{Class: blocker.Unauthorized, RetryAfter: lockout, Err: r}
}

// judged is for the answers in which FortiOS gives its reasons: HTTP 500 stands for almost every refusal.
func judged(r *Refusal) error {
	class := classOfCode(r.Code)
	if class == blocker.Transient {
		return lost(r.Op, r)
	}
	return &blocker.Error{Class: class, Err: r}
}

func otherwise(r *Refusal, res *http.Response) error {
	class := blocker.StatusError(res, "").Class
	if class == blocker.Transient {
		e := lost(r.Op, fmt.Errorf("HTTP %d %s", r.HTTP, r.Text))
		e.RetryAfter = blocker.StatusError(res, "").RetryAfter
		return e
	}
	if r.Code != 0 {
		class = classOfCode(r.Code)
	}
	return &blocker.Error{Class: class, Err: r}
}

// lost is transient: asking again finds out.
func lost(op string, err error) *blocker.Error {
	return &blocker.Error{Class: blocker.Transient, Err: &Lost{Op: op, Err: err}}
}

// failed is the error of a request without an answer.
func failed(op string, err error, sent bool) error {
	cause := blocker.TransportError(err)
	class := blocker.Transient
	var classed *blocker.Error
	if errors.As(cause, &classed) {
		class = classed.Class
	}
	if class != blocker.Transient || !sent {
		return &blocker.Error{Class: class, RetryAfter: entity.RetryAfter(cause), Err: fmt.Errorf("%s: %w", op, cause)}
	}
	return lost(op, cause)
}

// unasked is the error of a request that was not made, since its time was over or the one before it failed.
func unasked(op string, err error) error {
	if class := blocker.ClassOf(err); class == blocker.Unauthorized {
		return err
	}
	return &blocker.Error{Class: blocker.Transient, RetryAfter: entity.RetryAfter(err), Err: fmt.Errorf("%s: not asked: %w", op, hidden{err})}
}

// hidden keeps another request's fate from being taken for this one's, but shows the end of the caller's time.
type hidden struct{ err error }

func (h hidden) Error() string { return h.err.Error() }

// Is tells the ends of contexts.
func (h hidden) Is(target error) bool {
	return (target == context.Canceled || target == context.DeadlineExceeded) && errors.Is(h.err, target)
}
