package lab

import (
	"slices"
	"strconv"
	"time"
)

// panDevice is a firewall: this one, or one behind a Panorama.
type panDevice struct {
	serial string
	booted time.Time
	order  []string
	vsys   map[string]*panVsys
}

// panVsys is a virtual system with what is registered in it and the policy that uses it.
type panVsys struct {
	name             string
	addresses, users *panTable
	mappings         map[string]string   // address → user
	groups           map[string][]string // user groups set through the API
	dags, dugs       map[string]string   // dynamic address and user groups → filter
	rules            []PANOSRule
}

func newPanDevice(serial string, names []string, booted time.Time) *panDevice {
	d := &panDevice{serial: serial, booted: booted, order: names, vsys: map[string]*panVsys{}}
	for _, name := range names {
		d.vsys[name] = &panVsys{
			name: name, addresses: newPanTable(), users: newPanTable(), mappings: map[string]string{},
			groups: map[string][]string{}, dags: map[string]string{}, dugs: map[string]string{},
		}
	}
	return d
}

// registered counts the addresses of all virtual systems, which share one capacity.
func (d *panDevice) registered() int {
	n := 0
	for _, v := range d.vsys {
		n += len(v.addresses.entries)
	}
	return n
}

func (d *panDevice) expire(now time.Time) {
	for _, v := range d.vsys {
		v.addresses.expire(now)
		v.users.expire(now)
	}
}

// panTag is a tag on a registered address or user.
type panTag struct {
	name       string
	persistent bool
	expires    time.Time // zero: never
}

// remaining is the attribute timeout of an answer in whole seconds, "" for a tag that stays.
func (t panTag) remaining(now time.Time) string {
	if t.expires.IsZero() {
		return ""
	}
	return strconv.Itoa(int((t.expires.Sub(now) + time.Second - 1) / time.Second))
}

// panEntry is a registered address or user with its tags in the order in which they came.
type panEntry struct {
	key  string
	tags []panTag
}

func (e *panEntry) tag(name string) int {
	for i, t := range e.tags {
		if t.name == name {
			return i
		}
	}
	return -1
}

func (e *panEntry) persistent() bool {
	for _, t := range e.tags {
		if t.persistent {
			return true
		}
	}
	return false
}

// panTable is what is registered, listed in order of registration. Removing leaves a gap in the order, so that
// neither adding nor removing has to look at the other entries.
type panTable struct {
	entries map[string]*panEntry
	order   []*panEntry
	next    time.Time // nothing expires before; zero: nothing expires
	// views are what was listed since the last change, so that a page does not cost the whole table.
	views map[string][]*panEntry
}

func newPanTable() *panTable { return &panTable{entries: map[string]*panEntry{}} }

func (t *panTable) add(key string, tag panTag) {
	e := t.entries[key]
	if e == nil {
		e = &panEntry{key: key}
		t.entries[key] = e
		t.order = append(t.order, e)
	}
	e.tags = append(e.tags, tag)
	t.views = nil
	if !tag.expires.IsZero() && (t.next.IsZero() || tag.expires.Before(t.next)) {
		t.next = tag.expires
	}
}

// removeTag takes away a tag, and the entry with its last one.
func (t *panTable) removeTag(e *panEntry, i int) {
	t.views = nil
	e.tags = append(e.tags[:i:i], e.tags[i+1:]...)
	if len(e.tags) == 0 {
		t.remove(e.key)
	}
}

func (t *panTable) remove(key string) {
	t.views = nil
	delete(t.entries, key)
	if len(t.order) > 2*len(t.entries)+16 {
		t.order = t.list()
	}
}

// list are the entries in order.
func (t *panTable) list() []*panEntry {
	out := make([]*panEntry, 0, len(t.entries))
	for _, e := range t.order {
		if t.entries[e.key] == e {
			out = append(out, e)
		}
	}
	return out
}

// view are the entries in order that a filter wants, remembered under its name until the table changes.
func (t *panTable) view(name string, wants func(*panEntry) bool) []*panEntry {
	if found, ok := t.views[name]; ok {
		return found
	}
	found := slices.DeleteFunc(t.list(), func(e *panEntry) bool { return !wants(e) })
	if t.views == nil || len(t.views) >= maxViews {
		t.views = map[string][]*panEntry{}
	}
	t.views[name] = found
	return found
}

// drop takes away the tags that go.
func (t *panTable) drop(goes func(panTag) bool) {
	for _, e := range t.list() {
		for i := len(e.tags) - 1; i >= 0; i-- {
			if goes(e.tags[i]) {
				t.removeTag(e, i)
			}
		}
	}
}

// expire takes away what has run out, and finds out when the next one will.
func (t *panTable) expire(now time.Time) {
	if t.next.IsZero() || now.Before(t.next) {
		return
	}
	t.next = time.Time{}
	t.drop(func(tag panTag) bool {
		if tag.expires.IsZero() {
			return false
		}
		if !now.Before(tag.expires) {
			return true
		}
		if t.next.IsZero() || tag.expires.Before(t.next) {
			t.next = tag.expires
		}
		return false
	})
}
