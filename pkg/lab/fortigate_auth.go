package lab

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lockoutWindow is the time within which wrong tokens count together.
const lockoutWindow = time.Minute

// fortiAdmin is who a request comes from.
type fortiAdmin struct{ readOnly bool }

// fortiDoor remembers who knocked with a wrong token, and the open sessions.
type fortiDoor struct {
	clients  map[string]*fortiClient
	sessions map[string]string // session cookie → CSRF token
	keys     map[string]bool   // session keys of /api/v2/authentication
}

type fortiClient struct {
	failures []time.Time
	lockouts int
	until    time.Time
}

func newFortiDoor() fortiDoor {
	return fortiDoor{clients: map[string]*fortiClient{}, sessions: map[string]string{}, keys: map[string]bool{}}
}

// client is the record of the address that r comes from.
func (d *fortiDoor) client(r *http.Request) *fortiClient {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	c := d.clients[host]
	if c == nil {
		c = &fortiClient{}
		d.clients[host] = c
	}
	return c
}

// admit lets a request in, or says how it is turned away (fortios-api.md, section 1). While a client is locked
// out even its correct token is refused unchecked.
func (f *FortiGate) admit(r *http.Request) (fortiAdmin, *fortiAnswer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.door.client(r)
	if f.now().Before(c.until) {
		return fortiAdmin{}, refused(page(http.StatusTooManyRequests))
	}
	if r.URL.Query().Has("access_token") && !f.cfg.QueryToken {
		a := page(http.StatusUnauthorized)
		a.header = http.Header{"Www-Authenticate": {`error="invalid_token"`}}
		return fortiAdmin{}, refused(a)
	}
	if admin, ok := f.identify(r); ok {
		*c = fortiClient{}
		return admin, nil
	}
	if f.door.hasSession(r) {
		return fortiAdmin{}, refused(page(http.StatusForbidden)) // the CSRF token is missing
	}
	if r.Header.Get("Authorization") != "" {
		f.strike(c)
	}
	return fortiAdmin{}, refused(page(http.StatusUnauthorized))
}

func refused(a fortiAnswer) *fortiAnswer { return &a }

func (f *FortiGate) identify(r *http.Request) (fortiAdmin, bool) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if given := r.URL.Query().Get("access_token"); given != "" && f.cfg.QueryToken {
		token, bearer = given, true
	}
	switch {
	case !bearer:
		return fortiAdmin{}, f.door.session(r)
	case token == "":
		return fortiAdmin{}, false
	case token == f.cfg.Token, f.door.keys[token]:
		return fortiAdmin{}, true
	case token == f.cfg.ReadOnlyToken:
		return fortiAdmin{readOnly: true}, true
	}
	return fortiAdmin{}, false
}

// strike counts a wrong token; the lockout doubles each time.
func (f *FortiGate) strike(c *fortiClient) {
	now := f.now()
	c.failures = slices.DeleteFunc(c.failures, func(at time.Time) bool { return now.Sub(at) >= lockoutWindow })
	c.failures = append(c.failures, now)
	if len(c.failures) < f.cfg.LockoutFailures {
		return
	}
	c.until = now.Add(f.cfg.LockoutTime << min(c.lockouts, 16))
	c.lockouts++
	c.failures = nil
}

// What a profile can say about a part of the device.
const (
	rightsNone  = "none"
	rightsRead  = "read"
	rightsWrite = "write"
)

// permits asks the administrator's profile: firewall, user and system are granted one by one.
func (f *FortiGate) permits(q *fortiRequest) bool {
	rights := f.rights[q.segments[0]]
	if rights == rightsNone {
		return false
	}
	return !q.writes() || !q.admin.readOnly && rights != rightsRead
}
