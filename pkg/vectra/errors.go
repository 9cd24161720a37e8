package vectra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

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
		call: k, status: a.status, said: c.veil.over(said(a.body)), cure: cure(k, a),
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
		e.Err = fmt.Errorf("%w (the brain's certificate is not trusted: set ca_file, or server_name if it bears another name)", e.Err)
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

// cure says what to do about a status, where that is known.
func cure(k call, a answer) string {
	token := strings.HasSuffix(k.path, "/oauth2/token")
	switch {
	case a.status >= 300 && a.status < 400:
		return "the brain redirects to " + destination(a.header) + ": credentials are not sent on; put the real name into url"
	case a.status == http.StatusMethodNotAllowed && token:
		return "a redirect may have changed the method: put the brain's real name into url"
	case a.status == http.StatusUnauthorized && token:
		return "client id or secret is wrong, or the API client was deleted"
	case a.status == http.StatusUnauthorized:
		return "the credentials were refused"
	case a.status == http.StatusForbidden:
		return "the user or API client lacks the right: " + right(k)
	}
	return ""
}

// destination is the host that a redirect points to.
func destination(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "another place"
	}
	return printable(u.Host)
}

// rights are what a role needs (RBAC), by the word in a path that tells. The first that fits counts.
var rights = []struct{ word, right string }{
	{"/notes", `Notes and Other User's Notes, read and write`},
	{"/tagging", "Tags, read and write"},
	{"/hosts", "Hosts, read"},
	{"/accounts", "Accounts, read"},
	{"/detections", "Detections, read"},
	{"/entities", "Hosts and Accounts, read"},
	{"/groups", "Manage - Groups, read"},
}

func right(k call) string {
	if k.method == http.MethodPatch && !strings.Contains(k.path, "/tagging") {
		return rights[0].right
	}
	for _, r := range rights {
		if strings.Contains(k.path, r.word) {
			return r.right
		}
	}
	return "API access"
}

// said finds the brain's own words in the body of an error.
func said(body []byte) string {
	var e struct {
		Detail, Details, Message text
		Error                    text `json:"error"`
		Errors                   loose[[]loose[struct{ Title text }]]
		Meta                     loose[struct{ Message text }] `json:"_meta"`
	}
	if !isObject(body) || json.Unmarshal(body, &e) != nil {
		return page500(body)
	}
	title := text("")
	if len(e.Errors.v) > 0 {
		title = e.Errors.v[0].v.Title
	}
	for _, t := range []text{e.Detail, e.Details, title, e.Meta.v.Message, e.Message, e.Error} {
		if t != "" {
			return brief(string(t))
		}
	}
	return brief(string(body))
}

// page500 is for bodies that are no JSON: proxies and servers in trouble.
func page500(body []byte) string {
	t := strings.TrimSpace(string(body[:min(len(body), 2000)]))
	switch {
	case t == "":
		return "with an empty body"
	case strings.HasPrefix(t, "<"):
		return "with an HTML page instead of JSON: a proxy, or a brain in trouble"
	}
	return brief(t)
}

func brief(t string) string {
	t = printable(t)
	if r := []rune(t); len(r) > 500 {
		t = string(r[:500]) + "…"
	}
	return t
}

// printable keeps foreign text from steering a terminal.
func printable(t string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, t)
}

func isObject(body []byte) bool {
	t := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n")
	return strings.HasPrefix(t, "{")
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
