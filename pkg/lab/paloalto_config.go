package lab

import (
	"fmt"
	"regexp"
	"strings"
)

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
