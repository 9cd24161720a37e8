package fortios

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/var-project/var/pkg/blocker"
)

// lockout is how long FortiOS locks an address out at first (admin-lockout-duration); it doubles
// for API users, so that asking again soon makes it worse.
const lockout = 60 * time.Second

// judge makes an error of an answer, or none: success is HTTP 200 and status "success".
func judge(op string, res *http.Response, body []byte) (Envelope, error) {
	env, broken := Decode(body)
	if broken == nil && res.StatusCode == http.StatusOK && env.OK() {
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
		wait := max(blocker.StatusError(res, "").RetryAfter, lockout)
		return &blocker.Error{Class: blocker.Unauthorized, RetryAfter: wait, Err: r}
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
		return &blocker.Error{Class: class, Err: fmt.Errorf("%s: %w", op, cause)}
	}
	return lost(op, cause)
}
