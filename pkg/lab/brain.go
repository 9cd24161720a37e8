package lab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Brain is a simulated Vectra console. It follows reference notes on the QUX API v2.1 to v2.5 and the RUX API v3
// to v3.4: authentication, hosts, accounts, detections, entities, groups, tags, notes, search and event feeds.
type Brain struct {
	config  BrainConfig
	version apiVersion
	door    *brainDoor

	mu     sync.RWMutex
	estate *estate
	quirks Quirks
	lists  lists
	// missing are the rights that every user and API client lacks.
	missing []string
}

// NewBrain makes a brain that knows nothing yet. It panics on a version that no brain speaks.
func NewBrain(c BrainConfig) *Brain {
	v, err := parseVersion(c.Version)
	if err != nil {
		panic(err)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return &Brain{config: c, version: v, door: newBrainDoor(c), estate: newEstate()}
}

// SetQuirks replaces the quirks.
func (b *Brain) SetQuirks(q Quirks) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quirks = q
	b.estate.edition++
}

// PutHosts adds hosts or replaces those with the same id. An id of 0 takes the next free one.
func (b *Brain) PutHosts(hosts ...Host) {
	b.write(func(e *estate) {
		for _, h := range hosts {
			h = h.clone()
			b.settle(&h.Subject, e.hosts.nextID())
			e.hosts.put(h)
		}
	})
}

// PutAccounts adds accounts or replaces those with the same id. An id of 0 takes the next free one.
func (b *Brain) PutAccounts(accounts ...Account) {
	b.write(func(e *estate) {
		for _, a := range accounts {
			a = a.clone()
			b.settle(&a.Subject, e.accounts.nextID())
			e.accounts.put(a)
		}
	})
}

// PutDetections adds detections or replaces those with the same id. An id of 0 takes the next free one.
func (b *Brain) PutDetections(detections ...Detection) {
	b.write(func(e *estate) {
		for _, d := range detections {
			d = d.clone()
			b.settle(&d.Subject, e.detections.nextID())
			e.detections.put(d)
		}
	})
}

// PutGroups adds groups or replaces those with the same id. An id of 0 takes the next free one.
func (b *Brain) PutGroups(groups ...Group) {
	b.write(func(e *estate) {
		for _, g := range groups {
			g = g.clone()
			if g.ID == 0 {
				g.ID = e.groups.nextID()
			}
			if g.Modified.IsZero() {
				g.Modified = b.now()
			}
			e.groups.put(g)
		}
	})
}

// Host is a copy of a host.
func (b *Brain) Host(id int) (Host, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if h := b.estate.hosts.byID[id]; h != nil {
		return h.clone(), true
	}
	return Host{}, false
}

// Account is a copy of an account.
func (b *Brain) Account(id int) (Account, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if a := b.estate.accounts.byID[id]; a != nil {
		return a.clone(), true
	}
	return Account{}, false
}

// Detection is a copy of a detection.
func (b *Brain) Detection(id int) (Detection, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if d := b.estate.detections.byID[id]; d != nil {
		return d.clone(), true
	}
	return Detection{}, false
}

// Tags are the tags of a host, account or detection (singular kind) in their order; nil when there is none.
func (b *Brain) Tags(kind string, id int) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if s := b.estate.subject(kind, id); s != nil {
		return slices.Clone(s.Tags)
	}
	return nil
}

// Notes are the texts of the notes on a host, account or detection, oldest first.
func (b *Brain) Notes(kind string, id int) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []string
	if s := b.estate.subject(kind, id); s != nil {
		for _, n := range s.Notes {
			out = append(out, n.Text)
		}
	}
	return out
}

// brainState is a brain as the admin API shows it.
type brainState struct {
	Version    string      `json:"version"`
	Quirks     Quirks      `json:"quirks"`
	Lacks      []string    `json:"lacks"`
	Hosts      []Host      `json:"hosts"`
	Accounts   []Account   `json:"accounts"`
	Detections []Detection `json:"detections"`
	Groups     []Group     `json:"groups"`
}

// State is everything the brain holds.
func (b *Brain) State() any {
	b.mu.RLock()
	defer b.mu.RUnlock()
	e := b.estate
	return brainState{
		Version: b.version.String(), Quirks: b.quirks, Lacks: slices.Clone(b.missing),
		Hosts:      copies(e.hosts.rows, Host.clone),
		Accounts:   copies(e.accounts.rows, Account.clone),
		Detections: copies(e.detections.rows, Detection.clone),
		Groups:     copies(e.groups.rows, Group.clone),
	}
}

func copies[T any](rows []*T, clone func(T) T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = clone(*row)
	}
	return out
}

func (b *Brain) now() time.Time { return b.config.Clock().UTC() }

// write changes the estate and leaves its indexes current, so that readers need no more than the read lock.
func (b *Brain) write(change func(e *estate)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b.estate)
	b.estate.edition++
	b.estate.stale = true
	b.estate.reindex()
}

// settle fills in what a subject that is new to the brain must have.
func (b *Brain) settle(s *Subject, id int) {
	if s.ID == 0 {
		s.ID = id
	}
	if s.State == "" {
		s.State = "active"
	}
	if s.Tags == nil {
		s.Tags = []string{}
	}
	if s.Modified.IsZero() {
		s.Modified = b.now()
	}
	for i := range s.Notes {
		if s.Notes[i].ID == 0 {
			b.estate.lastNote++
			s.Notes[i].ID = b.estate.lastNote
		}
		b.estate.lastNote = max(b.estate.lastNote, s.Notes[i].ID)
	}
}

// Classify names a request such as "GET hosts", "GET one host", "PATCH tags of host", "POST token".
func (b *Brain) Classify(r *http.Request) string {
	if kind, ok := tokenKind(r); ok {
		return kind
	}
	path, err := b.parsePath(r.URL.Path)
	if err != nil {
		return r.Method + " unknown"
	}
	if route, _, _ := findRoute(r.Method, path); route != nil {
		return route.kind
	}
	return r.Method + " unknown"
}

// ServeHTTP answers as the brain.
func (b *Brain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, ok := tokenKind(r); ok {
		b.serveToken(w, r)
		return
	}
	if !b.door.admits(r, b.now()) {
		b.unauthorized().send(w)
		return
	}
	b.route(r).send(w)
}

// Change applies what an analyst, an administrator or time would do; docs/lab.md lists the operations.
func (b *Brain) Change(op string, args json.RawMessage) error {
	apply, ok := brainOps[op]
	if !ok {
		return unknownOp(op)
	}
	if err := apply(b, args); err != nil {
		return fmt.Errorf("lab: op %q: %w", op, err)
	}
	return nil
}
