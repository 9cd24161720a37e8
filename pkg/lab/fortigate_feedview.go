package lab

import (
	"math"
	"time"
)

// shownFeedEntry is an entry of a feed; one that is not valid is not enforced.
type shownFeedEntry struct {
	Entry string `json:"entry"`
	Valid bool   `json:"valid"`
}

// feedView is a feed as the device uses it: what does not fit any more was cut off at the end.
type feedView struct {
	entries        []shownFeedEntry
	overflow       []string
	valid, invalid int
	updated        time.Time
}

func (f *FortiGate) feedView(v *fortiVDOM, name string) feedView {
	view := feedView{entries: []shownFeedEntry{}}
	d := v.feeds[name]
	if d == nil {
		return view
	}
	view.updated = d.updated
	kind := v.tables[tableFeed].rows[name].text("type")
	room := f.feedRoom(v, name)
	for _, entry := range d.entries {
		valid := validFeedEntry(kind, entry)
		if valid && room <= 0 {
			view.overflow = append(view.overflow, entry)
			continue
		}
		view.entries = append(view.entries, shownFeedEntry{Entry: entry, Valid: valid})
		if valid {
			view.valid++
			room--
		} else {
			view.invalid++
		}
	}
	return view
}

// feedRoom is what the feeds before this one leave of the limit: VDOMs and feeds come in order. Until 7.4.4 each
// feed had a limit of its own (fortios-api.md, section 8).
func (f *FortiGate) feedRoom(v *fortiVDOM, name string) int {
	if f.cfg.FeedLimit < 0 {
		return math.MaxInt
	}
	if f.cfg.FeedLimit == 0 && !f.atLeast("7.4.4") {
		return 131072
	}
	room := 300000
	if f.cfg.FeedLimit > 0 {
		room = f.cfg.FeedLimit
	}
	kind := v.tables[tableFeed].rows[name].text("type")
	for _, domain := range f.order {
		other := f.vdoms[domain]
		for key := range other.tables[tableFeed].keys() {
			if other == v && key == name {
				return room
			}
			if other.tables[tableFeed].rows[key].text("type") == kind {
				room -= other.countValid(key, kind)
			}
		}
	}
	return room
}

func (v *fortiVDOM) countValid(feed, kind string) int {
	n := 0
	if d := v.feeds[feed]; d != nil {
		for _, entry := range d.entries {
			if validFeedEntry(kind, entry) {
				n++
			}
		}
	}
	return n
}

func validFeedEntry(kind, entry string) bool {
	switch kind {
	case "address":
		return isAddressEntry(entry)
	case "domain":
		return isHostname(entry)
	}
	return entry != ""
}
