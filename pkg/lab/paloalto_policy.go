package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// PANOSRule is a security rule: what matches a source, destination and user is treated by the action.
type PANOSRule struct {
	Name        string   `json:"name"`
	Source      []string `json:"source"`
	Destination []string `json:"destination"`
	SourceUser  []string `json:"source_user"`
	Action      string   `json:"action"` // deny, drop, allow …
	Disabled    bool     `json:"disabled"`
}

// showGroups tells what dynamic address groups match now. The shape is not documented by the vendor.
func (p *PANOS) showGroups(v *panVsys, n *panNode) panAnswer {
	var b strings.Builder
	for _, name := range sortedKeys(v.dags) {
		if want := n.child("name").text(); want != "" && want != name {
			continue
		}
		b.WriteString("<entry>" + element("vsys", v.name) + element("group-name", name) + element("filter", v.dags[name]))
		b.WriteString("<member-list>")
		for _, ip := range matching(v.addresses, v.dags[name]) {
			fmt.Fprintf(&b, `<entry name="%s" type="registered-ip"/>`, escaped(ip))
		}
		b.WriteString("</member-list></entry>")
	}
	return panResult("<dyn-addr-grp>" + b.String() + "</dyn-addr-grp>")
}

// matching are the entries whose tags satisfy the filter of a dynamic group.
func matching(t *panTable, filter string) []string {
	var out []string
	for _, e := range t.list() {
		f := panFilter{words: panWords.FindAllString(filter, -1), entry: e}
		if f.or() {
			out = append(out, e.key)
		}
	}
	return out
}

var panWords = regexp.MustCompile(`'[^']*'|"[^"]*"|\(|\)|[^\s()]+`)

// panFilter evaluates tags joined by and, or, not and parentheses.
type panFilter struct {
	words []string
	entry *panEntry
}

func (f *panFilter) next(words ...string) bool {
	if len(f.words) == 0 || !slices.Contains(words, strings.ToLower(f.words[0])) {
		return false
	}
	f.words = f.words[1:]
	return true
}

func (f *panFilter) or() bool {
	value := f.and()
	for f.next("or") {
		right := f.and()
		value = value || right
	}
	return value
}

func (f *panFilter) and() bool {
	value := f.term()
	for f.next("and") {
		right := f.term()
		value = value && right
	}
	return value
}

func (f *panFilter) term() bool {
	if f.next("not") {
		return !f.term()
	}
	if f.next("(") {
		value := f.or()
		f.next(")")
		return value
	}
	if len(f.words) == 0 {
		return false
	}
	tag := strings.Trim(f.words[0], `'"`)
	f.words = f.words[1:]
	return f.entry.tag(tag) >= 0
}
