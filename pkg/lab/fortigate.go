package lab

import (
	"cmp"
	"net/http"
	"strings"
	"sync"
	"time"
)

// FortiGateConfig is what a simulated FortiGate is delivered with. Zero values mean what a device has by default.
type FortiGateConfig struct {
	// Token belongs to a REST API administrator who may do everything; ReadOnlyToken to one who may only read.
	Token, ReadOnlyToken string
	// QueryToken takes tokens from the parameter access_token too, which devices refuse since 7.4.5.
	QueryToken bool
	// User and Password open sessions on /logincheck and /api/v2/authentication; none when User is empty.
	User, Password string
	// Serial, Version (as "v7.4.5") and Build appear in each envelope. The version decides what the device can.
	Serial, Version string
	Build           int
	// VDOMs are the virtual domains; the first is the management domain of the tokens. Default: root.
	VDOMs []string
	// MemberLimit is the largest number of members of a group, ObjectLimit of address objects in a VDOM. 0: none.
	MemberLimit, ObjectLimit int
	// FeedLimit is the number of addresses that all address feeds hold together. 0: as the version has it.
	FeedLimit int
	// LockoutFailures wrong tokens within a minute lock a client out for LockoutTime. Default: 3 and one minute.
	LockoutFailures int
	LockoutTime     time.Duration
	// Clock is the device's time. Default: time.Now.
	Clock func() time.Time
}

// FortiGate is a simulated FortiGate that speaks the REST API of FortiOS and remembers what it is told.
type FortiGate struct {
	mu       sync.Mutex
	cfg      FortiGateConfig
	ahead    time.Duration
	order    []string
	vdoms    map[string]*fortiVDOM
	rights   map[string]string
	door     fortiDoor
	pending  map[string]*fortiTransaction
	cliError string
	// duplicateOK makes a second POST of a group member succeed, as some releases do.
	duplicateOK bool
	serials     int
	booted      time.Time
	// backups are copies of the configuration by name, then by VDOM.
	backups map[string]map[string]*fortiVDOM
}

// NewFortiGate builds a device as it leaves the factory: built-in addresses, no groups, no policies.
func NewFortiGate(cfg FortiGateConfig) *FortiGate {
	cfg.Serial = cmp.Or(cfg.Serial, "FGVM0000TEST")
	cfg.Version = cmp.Or(cfg.Version, "v7.4.5")
	cfg.Build = cmp.Or(cfg.Build, 2702)
	cfg.LockoutFailures = cmp.Or(cfg.LockoutFailures, 3)
	cfg.LockoutTime = cmp.Or(cfg.LockoutTime, time.Minute)
	if len(cfg.VDOMs) == 0 {
		cfg.VDOMs = []string{"root"}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	f := &FortiGate{
		cfg: cfg, order: cfg.VDOMs, vdoms: map[string]*fortiVDOM{},
		rights: map[string]string{}, door: newFortiDoor(), pending: map[string]*fortiTransaction{},
		cliError: cliErrorString, backups: map[string]map[string]*fortiVDOM{},
	}
	f.booted = f.now().Add(-longSince)
	for _, name := range cfg.VDOMs {
		f.vdoms[name] = newFortiVDOM(name)
		f.fillBuiltins(f.vdoms[name])
	}
	return f
}

// Classify names a request by its method and resource, as "POST address", "DELETE addrgrp/member" or
// "POST banned/add_users".
func (f *FortiGate) Classify(r *http.Request) string {
	q, err := parseFortiPath(r)
	if err != nil || len(q.segments) < 2 {
		return r.Method + " " + strings.Trim(r.URL.Path, "/")
	}
	kind := r.Method + " " + q.segments[1]
	switch {
	case q.area == areaMonitor && len(q.segments) > 2:
		return kind + "/" + strings.Join(q.segments[2:], "/")
	case q.area == areaConfig && len(q.segments) > 3:
		return kind + "/" + q.segments[3]
	}
	return kind
}

// ServeHTTP answers one call of the REST API.
func (f *FortiGate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.answer(r).send(w)
}

func (f *FortiGate) answer(r *http.Request) fortiAnswer {
	if a, ok := f.logins(r); ok {
		return a
	}
	admin, refused := f.admit(r)
	if refused != nil {
		return *refused
	}
	q, err := parseFortiRequest(r)
	if err != nil {
		return errorAnswer(err)
	}
	q.admin = admin
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.route(q)
}

// route asks every VDOM that the request names; the caller holds the lock.
func (f *FortiGate) route(q *fortiRequest) fortiAnswer {
	if q.area == areaConfig && len(q.segments) == 0 {
		return f.transactions(q)
	}
	if len(q.segments) < 2 {
		return notFoundPage()
	}
	if f.vdoms[q.vdoms(f.order)[0]] == nil {
		return f.refuseVDOM(q)
	}
	var all []fortiEnvelope
	for _, name := range q.vdoms(f.order) {
		v := f.vdoms[name]
		if v == nil {
			return f.refuseVDOM(q)
		}
		all = append(all, f.one(v, q))
	}
	if q.wantsArray() {
		return jsonAnswer(http.StatusOK, all)
	}
	return jsonAnswer(cmp.Or(all[0].HTTPStatus, all[0].wireStatus, http.StatusOK), all[0])
}

// one answers a request for one VDOM.
func (f *FortiGate) one(v *fortiVDOM, q *fortiRequest) fortiEnvelope {
	if !f.permits(q) {
		return f.failed(v, q, &fortiError{status: http.StatusForbidden})
	}
	if q.area == areaMonitor {
		return f.monitor(v, q)
	}
	if id := q.transaction; id != "" {
		return f.inTransaction(v, q)
	}
	return f.config(v, q)
}

func (f *FortiGate) refuseVDOM(q *fortiRequest) fortiAnswer {
	v := &fortiVDOM{name: q.query.Get("vdom")}
	e := f.failed(v, q, &fortiError{status: http.StatusFailedDependency})
	return jsonAnswer(e.HTTPStatus, e)
}

func (f *FortiGate) now() time.Time { return f.cfg.Clock().Add(f.ahead) }

// atLeast tells whether the device runs this release or a newer one.
func (f *FortiGate) atLeast(release string) bool { return compareReleases(f.cfg.Version, release) >= 0 }
