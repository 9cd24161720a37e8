package entity

import (
	"slices"
	"strings"
	"time"
)

// Receipt is all that is needed to undo one block of one target by one blocker.
type Receipt struct {
	// Elements may be on any of the blocker's devices: short texts, sorted, each once.
	Elements []string `json:"elements,omitempty"`
	// Until is when a device would let the block expire by itself; zero is never.
	Until time.Time `json:"until,omitzero"`
	// Former is the state that Unblock has to restore, at most 1 KiB. The first one wins.
	Former string `json:"former,omitempty"`
	// Adopted says that the elements were read from tags: the objects on a device may bear the
	// predecessor's names rather than ours.
	Adopted bool `json:"adopted,omitempty"`
}

// Empty reports that nothing is known to be on a device.
func (r Receipt) Empty() bool { return len(r.Elements) == 0 && r.Former == "" }

// Merge is the union of two receipts of the same block: the first former state
// wins, the later Until wins.
func (r Receipt) Merge(o Receipt) Receipt {
	m := Receipt{Elements: Union(r.Elements, o.Elements), Until: r.Until, Former: r.Former, Adopted: r.Adopted || o.Adopted}
	if o.Until.After(m.Until) {
		m.Until = o.Until
	}
	if m.Former == "" {
		m.Former = o.Former
	}
	return m
}

// Union is the sorted union of elements, each once; nil when there is none.
func Union(sets ...[]string) []string {
	u := slices.Concat(sets...)
	slices.Sort(u)
	return slices.Compact(u)
}

// Outcome is how one block ended. Receipt and Err together mean "in part".
type Outcome struct {
	Receipt Receipt
	// Pending says that a device queued the work and has not confirmed it.
	Pending bool
	Err     error
}

// Release asks to take a receipt off every device. Receipt may be a part of what was put on
// (others hold the rest) or empty (it was lost). Target is as it was when blocked.
type Release struct {
	Target  Target
	Receipt Receipt
}

// Inventory is one device's view of what it holds for a blocker. Err says that the device could not be read.
type Inventory struct {
	Device  string
	Entries []Entry
	// Serial tells the machine: another serial under the same name is another device, on which nothing of
	// ours need be. Booted is when it last started, by the clock of the one who asks; what it keeps in memory
	// only is gone since then. Two answers about one start may differ by some seconds. Both are zero where
	// the device does not tell.
	Serial string
	Booted time.Time
	Err    error
}

// Entry is one element that a device holds.
type Entry struct {
	Element string `json:"element"`
	Class   Class  `json:"class"`
	// Owner is the installation whose mark for this blocker the entry bears; "foreign:" and a detail
	// when it bears another's or none; empty where a device cannot tell.
	Owner string    `json:"owner,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Inert says why a listed element is not enforced; empty when it is.
	Inert string `json:"inert,omitempty"`
}

// foreign begins the owner of an entry that no installation made for this blocker; who did may follow.
const foreign = "foreign:"

// MarkedBy reports that the entry bears this blocker's mark, and whose: the owner of an installation.
func (e Entry) MarkedBy() (owner string, marked bool) {
	return e.Owner, e.Owner != "" && !strings.HasPrefix(e.Owner, foreign)
}

// DeviceReport is what a probe found out about one device.
type DeviceReport struct {
	Device string
	// Checks are in the order in which they were made.
	Checks []Check
}

// Check is one finding of a probe. Err is nil when all is well, and when nobody can tell: then the detail begins with
// NotChecked.
type Check struct {
	Name   string
	Detail string
	Err    error
}

// NotChecked begins the detail of a check that was not made, and is followed by why.
const NotChecked = "not checked: "

// Blocker describes one configured instance of a plugin as the core knows it.
type Blocker struct {
	// Name is the instance ("edge"), Plugin the program ("fortigate"), Aliases its other names in
	// routing tags, Label its name in receipt tags.
	Name    string   `json:"name"`
	Plugin  string   `json:"plugin"`
	Version string   `json:"version,omitempty"`
	Label   string   `json:"label"`
	Aliases []string `json:"aliases,omitempty"`
	Kinds   []Kind   `json:"kinds"`
	Powers  []string `json:"powers,omitempty"`
	Devices []string `json:"devices,omitempty"`
	// Place is where elements go, as lines "name = value": by class the group, tag or feed, and by
	// device the part of it that is meant. See Holding.Elsewhere. Empty: there is only one place.
	Place string `json:"place,omitempty"`
	// NoUndo: blocks cannot be taken back. NoRepeat: a block must not be made twice.
	NoUndo   bool `json:"no_undo,omitempty"`
	NoRepeat bool `json:"no_repeat,omitempty"`
}

// Can reports whether the blocker takes targets of this kind.
func (b Blocker) Can(k Kind) bool { return slices.Contains(b.Kinds, k) }

// Has reports whether the plugin announced a power.
func (b Blocker) Has(power string) bool { return slices.Contains(b.Powers, power) }
