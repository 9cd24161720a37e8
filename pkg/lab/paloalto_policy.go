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

// configuration reads groups and rules: type=config with action get or show. Writing is not simulated.
func (p *PANOS) configuration(admin PANOSAdmin, q *panRequest) panAnswer {
	if admin.NoOperations {
		return panRoleLacks()
	}
	if action := q.form.Get("action"); action != "get" && action != "show" {
		return panError(panInvalidCommand, "action "+action+" is not supported here")
	}
	path := q.form.Get("xpath")
	if m := panXPathVsys.FindStringSubmatch(path); m != nil {
		q.form.Set("vsys", m[1])
	}
	_, v, refused := p.scope(q)
	if refused != nil {
		return *refused
	}
	m := panXPath.FindStringSubmatch(path)
	if m == nil {
		return panError(panBadXPath, "bad xpath "+path)
	}
	return panConfigAnswer(m[1], m[2], v.configEntries(m[1]))
}

var (
	panXPathVsys = regexp.MustCompile(`/vsys/entry\[@name=['"]([^'"]+)['"]\]`)
	panXPath     = regexp.MustCompile(`/(address-group|dynamic-user-group|rules)(?:/entry\[@name=['"]([^'"]+)['"]\])?/?$`)
)

// configEntries are the entries of one part of the configuration by name.
func (v *panVsys) configEntries(part string) map[string]string {
	out := map[string]string{}
	switch part {
	case "address-group":
		for name, filter := range v.dags {
			out[name] = "<dynamic>" + element("filter", filter) + "</dynamic>"
		}
	case "dynamic-user-group":
		for name, filter := range v.dugs {
			out[name] = element("filter", filter)
		}
	case "rules":
		for _, r := range v.rules {
			out[r.Name] = r.xml()
		}
	}
	return out
}

func (r PANOSRule) xml() string {
	members := func(tag string, names []string) string {
		if len(names) == 0 {
			names = []string{"any"}
		}
		var b strings.Builder
		for _, name := range names {
			b.WriteString(element("member", name))
		}
		return "<" + tag + ">" + b.String() + "</" + tag + ">"
	}
	disabled := "no"
	if r.Disabled {
		disabled = "yes"
	}
	return members("source", r.Source) + members("destination", r.Destination) +
		members("source-user", r.SourceUser) + element("action", r.Action) + element("disabled", disabled)
}

// panConfigAnswer shows one entry, or all in their container; an absent object is a success with code 7.
func panConfigAnswer(part, name string, entries map[string]string) panAnswer {
	var b strings.Builder
	n := 0
	for _, key := range sortedKeys(entries) {
		if name == "" || name == key {
			fmt.Fprintf(&b, `<entry name="%s">%s</entry>`, escaped(key), entries[key])
			n++
		}
	}
	if n == 0 {
		return panAnswer{status: 200, body: fmt.Sprintf(`<response status="success" code="%d"><result/></response>`, panNotPresent)}
	}
	inner := b.String()
	if name == "" {
		inner = "<" + part + ">" + inner + "</" + part + ">"
	}
	body := fmt.Sprintf(`<response status="success" code="19"><result total-count="%d" count="%d">%s</result></response>`, n, n, inner)
	return panAnswer{status: 200, body: body}
}
