package lab

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// Classify names a request: keygen, register, unregister, register+unregister (also for users: register-user …),
// show registered-ip, show system, and so on.
func (p *PANOS) Classify(r *http.Request) string {
	q, refused := readPanRequest(r)
	if refused != nil {
		return "invalid"
	}
	switch q.kind {
	case "user-id", "op":
		return panCommandName(q)
	case "config":
		return strings.TrimSpace("config " + q.form.Get("action"))
	}
	return cmp.Or(q.kind, "invalid")
}

// panCommandName says what a command does in a word or two.
func panCommandName(q *panRequest) string {
	if q.malformed != nil {
		return q.kind
	}
	if q.kind == "op" {
		name := q.root.XMLName.Local
		for node := &q.root; len(node.Children) > 0 && len(strings.Fields(name)) < 3; {
			node = &node.Children[0]
			if node.XMLName.Local != "object" {
				name += " " + node.XMLName.Local
			}
		}
		return name
	}
	var names []string
	for _, section := range q.root.child("payload").Children {
		if !slices.Contains(names, section.XMLName.Local) {
			names = append(names, section.XMLName.Local)
		}
	}
	slices.Sort(names)
	return cmp.Or(strings.Join(names, "+"), q.kind)
}
