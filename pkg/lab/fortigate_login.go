package lab

import (
	"crypto/subtle"
	"io"
	"net/http"
	"strings"
)

const (
	sessionCookie = "APSCOOKIE_lab"
	csrfCookie    = "ccsrftoken"
)

// logins answers the calls that open and close a session by password; false means that r is none of them.
func (f *FortiGate) logins(r *http.Request) (fortiAnswer, bool) {
	switch strings.TrimRight(r.URL.Path, "/") {
	case "/logincheck":
		return f.logincheck(r), true
	case "/logout":
		f.logout(r)
		return fortiAnswer{status: http.StatusOK, page: "1"}, true
	case "/api/v2/authentication":
		return f.authentication(r), true
	}
	return fortiAnswer{}, false
}

// logincheck is the older login: a form, an answer that begins with a digit, two cookies.
func (f *FortiGate) logincheck(r *http.Request) fortiAnswer {
	if r.Method != http.MethodPost {
		return fortiAnswer{status: http.StatusOK, page: "<!DOCTYPE html>\n<html><body>login</body></html>\n"}
	}
	if r.ParseForm() != nil {
		return page(http.StatusBadRequest)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	digit := f.password(r, r.PostForm.Get("username"), r.PostForm.Get("secretkey"))
	a := fortiAnswer{status: http.StatusOK, page: digit + "document.location=\"/ng/prompt?viewOnly&redir=%2F\";\n"}
	if digit != loginOK {
		return a
	}
	id, csrf := randomHex(16), randomHex(16)
	f.door.sessions[id] = csrf
	// The quotes around the token are part of what clients have to take off. Its name has a suffix since 7.0.
	a.header = http.Header{"Set-Cookie": {
		sessionCookie + "=" + id + "; path=/; secure; httponly",
		csrfCookie + `="` + csrf + `"; path=/; secure`,
		csrfCookie + `_lab="` + csrf + `"; path=/; secure`,
	}}
	return a
}

// authentication is the newer login, which also gives out a key that serves as a bearer token.
func (f *FortiGate) authentication(r *http.Request) fortiAnswer {
	if r.Method == http.MethodDelete {
		f.logout(r)
		return jsonAnswer(http.StatusOK, map[string]any{"status_code": 5, "status_message": "LOGOUT_SUCCESS"})
	}
	raw, _ := io.ReadAll(io.LimitReader(r.Body, bodyLimit)) // what cannot be read cannot be decoded either
	body, err := decodeObject(raw)
	if err != nil {
		return errorAnswer(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	user, _ := body["username"].(string)
	password, _ := body["secretkey"].(string)
	if f.password(r, user, password) != loginOK {
		return jsonAnswer(http.StatusUnauthorized, map[string]any{"status_code": 0, "status_message": "LOGIN_FAILED"})
	}
	key := randomHex(16)
	f.door.keys[key] = true
	return jsonAnswer(http.StatusOK, map[string]any{"status_code": 5, "status_message": "LOGIN_SUCCESS", "session_key": key})
}

// First characters of an answer of /logincheck.
const (
	loginBad     = "0"
	loginOK      = "1"
	loginTooMany = "2"
)

func (f *FortiGate) password(r *http.Request, user, password string) string {
	c := f.door.client(r)
	if f.now().Before(c.until) {
		return loginTooMany
	}
	if f.cfg.User == "" || user != f.cfg.User || password != f.cfg.Password {
		f.strike(c)
		return loginBad
	}
	*c = fortiClient{}
	return loginOK
}

// session tells whether r carries the cookies of an open session; writes must repeat the CSRF token.
func (d *fortiDoor) session(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return false
	}
	csrf, open := d.sessions[cookie.Value]
	if !open || r.Method == http.MethodGet {
		return open
	}
	given := strings.Trim(r.Header.Get("X-CSRFTOKEN"), `"`)
	return subtle.ConstantTimeCompare([]byte(given), []byte(csrf)) == 1
}

func (d *fortiDoor) hasSession(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	return err == nil && d.sessions[cookie.Value] != ""
}

func (f *FortiGate) logout(r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		delete(f.door.sessions, cookie.Value)
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		delete(f.door.keys, token)
	}
}
