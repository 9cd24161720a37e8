package lab

import (
	"errors"
	"fmt"
	"net/http"
)

// Codes of the field "error" (fortios-api.md, section 3).
const (
	fortiTooLong      = -1
	fortiNotFound     = -3
	fortiFull         = -4
	fortiDuplicate    = -5
	fortiConflict     = -7
	fortiBadIP        = -8
	fortiBadMask      = -9
	fortiBlank        = -16
	fortiInUse        = -23
	fortiBackward     = -73
	fortiEmpty        = -56
	fortiNameClash    = -163
	fortiXSS          = -173
	fortiBadPrefix6   = -254
	fortiBadIP6       = -255
	fortiBadHost      = -257
	fortiBadValue     = -651
	fortiMissingField = -50
)

// What the field "cli_error" may be; clients have to bear all three.
const (
	cliErrorString = "string"
	cliErrorArray  = "array"
	cliErrorAbsent = "absent"
)

// fortiError is a refusal of the device.
type fortiError struct {
	status int
	code   int
	cli    string
}

// Error says what the device would say on its console.
func (e *fortiError) Error() string {
	return fmt.Sprintf("HTTP %d, error %d: %s", e.status, e.code, e.cli)
}

// refuse is what almost every refused change of the configuration looks like.
func refuse(code int, format string, args ...any) *fortiError {
	text := fmt.Sprintf(format, args...)
	return &fortiError{
		status: http.StatusInternalServerError, code: code,
		cli: fmt.Sprintf("%s\nCommand fail. Return code %d\n", text, code),
	}
}

func noSuchEntry(name string) *fortiError {
	e := refuse(fortiNotFound, "entry not found in datasource\n\nvalue parse error before '%s'", name)
	e.status = http.StatusNotFound
	return e
}

// noSuchMember is the message of a reference to an object that does not exist, as it was captured.
func noSuchMember(name string) *fortiError {
	return refuse(fortiBadValue, "node_check_object fail! for name %s\n\nvalue parse error before '%s'", name, name)
}

func notAllowed() *fortiError { return &fortiError{status: http.StatusMethodNotAllowed} }

func asFortiError(err error) *fortiError {
	var e *fortiError
	if errors.As(err, &e) {
		return e
	}
	return &fortiError{status: http.StatusInternalServerError, cli: err.Error()}
}

// cliText is the field "cli_error" in the form that is switched on.
func (f *FortiGate) cliText(e *fortiError) any {
	switch {
	case e.cli == "" || f.cliError == cliErrorAbsent:
		return nil
	case f.cliError == cliErrorArray:
		return []string{e.cli}
	}
	return e.cli
}

// errorAnswer is for requests that never reach a table: the web server itself speaks.
func errorAnswer(err error) fortiAnswer {
	e := asFortiError(err)
	if e.status == http.StatusNotFound {
		return notFoundPage()
	}
	return jsonAnswer(e.status, map[string]any{"status": "error", "http_status": e.status, "message": e.cli})
}

func notFoundPage() fortiAnswer { return page(http.StatusNotFound) }

func page(status int) fortiAnswer {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return fortiAnswer{status: status, page: "<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n"}
}
