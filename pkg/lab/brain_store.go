package lab

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// shelf holds rows by id, in the order of their ids.
type shelf[T any] struct {
	rows []*T
	byID map[int]*T
	id   func(*T) int
}

func newShelf[T any](id func(*T) int) shelf[T] {
	return shelf[T]{byID: map[int]*T{}, id: id}
}

func (s *shelf[T]) find(id int) (int, bool) {
	return slices.BinarySearchFunc(s.rows, id, func(row *T, id int) int { return cmp.Compare(s.id(row), id) })
}

func (s *shelf[T]) put(row T) {
	id := s.id(&row)
	i, there := s.find(id)
	if there {
		*s.rows[i] = row
		return
	}
	s.rows = slices.Insert(s.rows, i, &row)
	s.byID[id] = &row
}

func (s *shelf[T]) drop(id int) bool {
	i, there := s.find(id)
	if there {
		s.rows = slices.Delete(s.rows, i, i+1)
		delete(s.byID, id)
	}
	return there
}

// nextID is an id that no row has.
func (s *shelf[T]) nextID() int {
	if len(s.rows) == 0 {
		return 1
	}
	return s.id(s.rows[len(s.rows)-1]) + 1
}

// estate is what a brain knows. The brain's lock guards it.
type estate struct {
	hosts      shelf[Host]
	accounts   shelf[Account]
	detections shelf[Detection]
	groups     shelf[Group]
	lastNote   int
	edition    int // rises with each change

	stale   bool // the indexes below want to be made anew
	byHost  map[int][]*Detection
	byAcct  map[int][]*Detection
	uid     map[string]*Account
	within  map[int][]*Group // host id → its groups of type host
	members map[int][]string // group id → its members, regex evaluated
	nets    []groupNet
}

type groupNet struct {
	prefix netip.Prefix
	group  *Group
}

func newEstate() *estate {
	return &estate{
		hosts:      newShelf(func(h *Host) int { return h.ID }),
		accounts:   newShelf(func(a *Account) int { return a.ID }),
		detections: newShelf(func(d *Detection) int { return d.ID }),
		groups:     newShelf(func(g *Group) int { return g.ID }),
		stale:      true,
	}
}

// reindex brings the indexes up to date. It needs the write lock.
func (e *estate) reindex() {
	if !e.stale {
		return
	}
	e.byHost, e.byAcct, e.uid = map[int][]*Detection{}, map[int][]*Detection{}, map[string]*Account{}
	for _, d := range e.detections.rows {
		if d.HostID != 0 {
			e.byHost[d.HostID] = append(e.byHost[d.HostID], d)
		}
		if d.AccountID != 0 {
			e.byAcct[d.AccountID] = append(e.byAcct[d.AccountID], d)
		}
	}
	for _, a := range e.accounts.rows {
		e.uid[a.Name] = a
	}
	e.indexGroups()
	e.stale = false
}

func (e *estate) indexGroups() {
	e.within, e.members, e.nets = map[int][]*Group{}, map[int][]string{}, nil
	for _, g := range e.groups.rows {
		members := e.evaluate(g)
		e.members[g.ID] = members
		switch g.Type {
		case "host":
			for _, m := range members {
				if id, err := strconv.Atoi(m); err == nil {
					e.within[id] = append(e.within[id], g)
				}
			}
		case "ip":
			e.indexNets(g, members)
		}
	}
}

func (e *estate) indexNets(g *Group, members []string) {
	for _, m := range members {
		if p, err := netip.ParsePrefix(m); err == nil {
			e.nets = append(e.nets, groupNet{p.Masked(), g})
		} else if a, err := netip.ParseAddr(m); err == nil {
			e.nets = append(e.nets, groupNet{netip.PrefixFrom(a, a.BitLen()), g})
		}
	}
}

// evaluate gives a group's members; a regex group that is still being evaluated lacks every second one.
func (e *estate) evaluate(g *Group) []string {
	if g.Regex == "" {
		return g.Members
	}
	pattern, err := regexp.Compile(g.Regex)
	if err != nil {
		return nil
	}
	var out []string
	switch g.Type {
	case "host":
		for _, h := range e.hosts.rows {
			if pattern.MatchString(h.Name) {
				out = append(out, strconv.Itoa(h.ID))
			}
		}
	case "account":
		for _, a := range e.accounts.rows {
			if pattern.MatchString(a.Name) {
				out = append(out, a.Name)
			}
		}
	}
	if g.Evaluating {
		return out[:len(out)/2]
	}
	return out
}

// groupsOf are the groups that a host shows inline: of type host, and of type ip by its current address.
func (e *estate) groupsOf(h *Host) []*Group {
	out := e.within[h.ID]
	if len(e.nets) == 0 {
		return out
	}
	addr, err := netip.ParseAddr(h.IP)
	if err != nil {
		return out
	}
	out = slices.Clone(out)
	for _, n := range e.nets {
		if n.prefix.Contains(addr) && !slices.Contains(out, n.group) {
			out = append(out, n.group)
		}
	}
	return out
}

// subject is what can be tagged and noted, by its singular kind.
func (e *estate) subject(kind string, id int) *Subject {
	switch kind {
	case "host":
		if h := e.hosts.byID[id]; h != nil {
			return &h.Subject
		}
	case "account":
		if a := e.accounts.byID[id]; a != nil {
			return &a.Subject
		}
	case "detection":
		if d := e.detections.byID[id]; d != nil {
			return &d.Subject
		}
	}
	return nil
}

func (e *estate) addNote(s *Subject, text, by string, now time.Time) *Note {
	e.lastNote++
	s.Notes = append(s.Notes, Note{ID: e.lastNote, Text: text, CreatedBy: by, Created: now})
	s.Modified = now
	return &s.Notes[len(s.Notes)-1]
}
