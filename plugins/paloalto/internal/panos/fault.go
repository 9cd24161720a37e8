package panos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// untouched marks the cause of an error that left the device as it was.
type untouched struct{ error }

// Unwrap gives the cause.
func (u untouched) Unwrap() error { return u.error }

// Untouched reports that the device certainly did nothing of the request that err is the answer
// to: it was not sent, or refused as a whole. After any other error it may have been carried out.
func Untouched(err error) bool {
	var u untouched
	return errors.As(err, &u)
}

// unsent says that a request never left, whatever the reason.
func unsent(err error) error {
	if Untouched(err) {
		return err
	}
	return &blocker.Error{Class: classOf(err), RetryAfter: entity.RetryAfter(err), Err: untouched{err}}
}

// classOf is the class of err; an end of the caller's context may pass, so it is transient.
func classOf(err error) blocker.ErrorClass {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return blocker.Transient
	}
	return blocker.ClassOf(err)
}

// lost classifies an error of the transport. What was held back, or failed while dialing or at the certificate, was not sent.
func lost(err error) error {
	classed := blocker.TransportError(err)
	class := classOf(classed)
	var op *net.OpError
	dialing := errors.As(err, &op) && op.Op == "dial"
	wait := entity.RetryAfter(classed)
	if dialing || blocker.Unbegun(err) || class == blocker.Permanent {
		classed = untouched{classed}
	}
	return &blocker.Error{Class: class, RetryAfter: wait, Err: classed}
}

// refused classifies an answer that is XML but no success, by its code attribute
// (vendor's "PAN-OS XML API error codes"), else by the HTTP status.
func refused(res *http.Response, a *answer) error {
	text := a.text()
	if class, known := codes[a.Code]; known {
		return coded(a.Code, class, text)
	}
	status := res.StatusCode
	if n, err := strconv.Atoi(a.Code); err == nil && n >= 400 && n <= 599 {
		status = n
	}
	if status >= 400 {
		return byStatus(&http.Response{StatusCode: status, Header: res.Header}, text)
	}
	if a.Code != "" {
		text = "code " + a.Code + ": " + text
	}
	return &blocker.Error{Class: blocker.Permanent, Err: errors.New("PAN-OS refused the request: " + cmp.Or(text, "it did not say why"))}
}

// codes are the small numbers of the code attribute; 400 and 403 are read as HTTP statuses.
var codes = map[string]blocker.ErrorClass{
	"1": blocker.Permanent, "6": blocker.Permanent, "7": blocker.Permanent, "8": blocker.Permanent,
	"10": blocker.Permanent, "12": blocker.Permanent, "13": blocker.Permanent, "14": blocker.Permanent,
	"17": blocker.Permanent, "18": blocker.Permanent,
	"16": blocker.Unauthorized, "22": blocker.Unauthorized,
	"15": blocker.Transient, // a passive peer: may be active at the next try
	"2":  blocker.Transient, "3": blocker.Transient, "4": blocker.Transient, "5": blocker.Transient,
	"11": blocker.Transient, "21": blocker.Transient,
}

// internal are the codes of errors inside the device, after which anything may have happened.
var internal = map[string]bool{"2": true, "3": true, "4": true, "5": true, "11": true, "21": true}

var advice = map[string]string{
	"15": "; is this the passive peer of an HA pair?",
	"16": "; give the admin role the XML API rights User-ID Agent and Operational Requests",
}

func coded(code string, class blocker.ErrorClass, text string) error {
	cause := fmt.Errorf("PAN-OS code %s: %s%s", code, text, advice[code])
	if !internal[code] {
		cause = untouched{cause}
	}
	return &blocker.Error{Class: class, Err: cause}
}

// byStatus judges by the HTTP status alone. A 4xx was refused before anything was done.
func byStatus(res *http.Response, text string) error {
	e := blocker.StatusError(res, text)
	if res.StatusCode >= 400 && res.StatusCode < 500 && res.StatusCode != http.StatusRequestTimeout {
		e.Err = untouched{e.Err}
	}
	return e
}
