package lab

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const feedPush = "push"

// Commands of a push (fortios-api.md, section 8).
const (
	feedAdd      = "add"
	feedRemove   = "remove"
	feedSnapshot = "snapshot"
)

func feedSchema() *fortiSchema {
	return &fortiSchema{
		path: "system", name: "external-resource", key: "name", keyLimit: 35, settle: settleFeed,
		defaults: fortiRow{
			"name": "", "uuid": "", "status": "enable", "type": "category", "update-method": "feed", "category": 0,
			"username": "", "comments": "", "resource": "", "user-agent": "curl/7.58.0",
			"server-identity-check": "none", "refresh-rate": 5, "source-ip": "0.0.0.0", "interface": "",
		},
	}
}

func settleFeed(_ *fortiVDOM, row fortiRow) error {
	kinds := []string{"category", "domain", "malware", "address", "mac-address", "data", "generic-address"}
	methods := []string{"feed", feedPush}
	switch {
	case !slices.Contains(kinds, row.text("type")):
		return refuse(fortiBadValue, "value parse error before '%s'", row.text("type"))
	case !slices.Contains(methods, row.text("update-method")):
		return refuse(fortiBadValue, "value parse error before '%s'", row.text("update-method"))
	case len(row.text("resource")) > 511:
		return refuse(fortiTooLong, "the resource is too long, at most 511 characters")
	}
	return nil
}

// pushes tells whether the release has push feeds.
func (f *FortiGate) pushes() bool { return f.atLeast("7.2.1") }

// fortiFeed is what a feed holds, in the order in which it came.
type fortiFeed struct {
	entries []string
	index   map[string]bool
	updated time.Time
}

func (v *fortiVDOM) feed(name string) *fortiFeed {
	if v.feeds[name] == nil {
		v.feeds[name] = &fortiFeed{index: map[string]bool{}}
	}
	return v.feeds[name]
}

func (d *fortiFeed) apply(command string, entries []string) {
	switch command {
	case feedSnapshot:
		d.entries, d.index = nil, map[string]bool{}
		d.add(entries)
	case feedAdd:
		d.add(entries)
	case feedRemove:
		d.remove(entries)
	}
}

func (d *fortiFeed) add(entries []string) {
	for _, entry := range entries {
		entry = strings.TrimSpace(entry)
		if entry == "" || strings.HasPrefix(entry, "#") || d.index[entry] {
			continue
		}
		d.index[entry] = true
		d.entries = append(d.entries, entry)
	}
}

func (d *fortiFeed) remove(entries []string) {
	for _, entry := range entries {
		delete(d.index, strings.TrimSpace(entry))
	}
	d.entries = slices.DeleteFunc(d.entries, func(entry string) bool { return !d.index[entry] })
}

// fortiPush is one command of a push.
type fortiPush struct {
	feed, command string
	entries       []string
}

// pushFeeds changes pushed feeds. Every command is checked before any is carried out.
func pushFeeds(f *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	if !f.pushes() {
		return nil, &fortiError{status: http.StatusNotFound}
	}
	commands, _ := q.body["commands"].([]any) // no list is as good as an empty one
	if len(commands) == 0 {
		return nil, missingAttribute("commands is missing")
	}
	var due []fortiPush
	for _, raw := range commands {
		p, err := v.readPush(raw)
		if err != nil {
			return nil, err
		}
		due = append(due, p)
	}
	for _, p := range due {
		d := v.feed(p.feed)
		d.apply(p.command, p.entries)
		d.updated = f.now()
	}
	return map[string]any{}, nil
}

func (v *fortiVDOM) readPush(raw any) (fortiPush, error) {
	object, _ := raw.(map[string]any)
	p := fortiPush{feed: asText(object["name"]), command: asText(object["command"])}
	row, ok := v.tables[tableFeed].rows[p.feed]
	switch {
	case !ok:
		return p, noSuchEntry(p.feed)
	case row.text("update-method") != feedPush:
		return p, refuse(fortiConflict, "the external resource %s is not updated by push", p.feed)
	case p.command != feedAdd && p.command != feedRemove && p.command != feedSnapshot:
		return p, missingAttribute("command must be add, remove or snapshot")
	}
	entries, err := texts(object["entries"])
	if err != nil {
		return p, missingAttribute("entries is no list of text")
	}
	p.entries = entries
	return p, nil
}

func refreshFeed(_ *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	name := asText(q.body["mkey"])
	if !v.has(tableFeed, name) {
		return nil, noSuchEntry(name)
	}
	return map[string]any{}, nil
}

// listFeed tells what a feed holds and what of it is enforced.
func listFeed(f *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	name := q.query.Get("mkey")
	if !v.has(tableFeed, name) {
		return nil, noSuchEntry(name)
	}
	view := f.feedView(v, name)
	out := map[string]any{
		"status": "success", "resource_file_status": "downloaded", "http_status_code": http.StatusOK,
		"last_content_update_time": view.updated.Unix(), "conn_attempt_time": view.updated.Unix(),
	}
	if q.query.Get("status_only") == "true" {
		return out, nil
	}
	out["valid_count"], out["invalid_count"], out["overflow"] = view.valid, view.invalid, len(view.overflow) > 0
	if q.query.Get("counts_only") != "true" {
		out["entries"] = pageOf(view.entries, q)
	}
	return out, nil
}

// pageOf obeys start and count; a count of 0 is all.
func pageOf(entries []shownFeedEntry, q *fortiRequest) []shownFeedEntry {
	start, _ := strconv.Atoi(q.query.Get("start")) // absent: from the first
	start = min(max(start, 0), len(entries))
	entries = entries[start:]
	if count, _ := strconv.Atoi(q.query.Get("count")); count > 0 {
		entries = entries[:min(count, len(entries))]
	}
	return entries
}
