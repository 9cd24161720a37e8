package lab

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// operation answers an op command.
func (p *PANOS) operation(admin PANOSAdmin, q *panRequest) panAnswer {
	if admin.NoOperations {
		return panRoleLacks()
	}
	if strings.TrimSpace(q.command) == "" {
		return panMissing("cmd")
	}
	root := q.root
	if q.malformed != nil {
		return panError(panMalformed, "Malformed Request: "+q.malformed.Error())
	}
	device, vsys, refused := p.scope(q)
	if refused != nil {
		return *refused
	}
	switch root.XMLName.Local {
	case "show":
		return p.show(device, vsys, &root)
	case "clear":
		vsys.clearBy(&root)
		return panResult("")
	case "request":
		if root.path("system", "external-list").has("refresh") {
			return panResult("EDL refresh job enqueued")
		}
	}
	return panError(panInvalidCommand, root.XMLName.Local+" is unexpected")
}

func (p *PANOS) show(d *panDevice, v *panVsys, root *panNode) panAnswer {
	object, system, user := root.child("object"), root.child("system"), root.child("user")
	switch {
	case object.has("registered-ip"):
		return p.showRegistered(v.addresses, object.child("registered-ip"), "ip")
	case object.has("registered-user") && p.atLeast("9.1"):
		return p.showRegistered(v.users, object.child("registered-user"), "user")
	case object.has("dynamic-address-group"):
		return p.showGroups(v, object.child("dynamic-address-group"))
	case system.has("info"):
		return panResult(p.systemInfo(d))
	case user.has("ip-user-mapping"):
		return panResult(v.mappingEntries())
	case user.has("group"):
		return panResult(v.userGroups(user.child("group")))
	case root.has("high-availability"):
		return panResult(p.highAvailability())
	case root.has("devices"):
		return panResult(p.managedDevices())
	}
	return panError(panInvalidCommand, "show is unexpected here")
}

// panQuery is what a show of registered objects asks for. Limit and start-point are beside the filter for addresses
// and inside <all> for users; both places are read.
type panQuery struct {
	limit, start int
	tag, key     string
	countOnly    bool
}

func readPanQuery(n *panNode, attribute string) panQuery {
	all := n.child("all")
	number := func(name string) int {
		i, _ := strconv.Atoi(cmp.Or(n.child(name).text(), all.child(name).text())) // absent: no limit, from the first
		return i
	}
	return panQuery{
		limit: number("limit"), start: max(number("start-point"), 1),
		tag: cmp.Or(n.path("tag", "entry").attr("name"), all.path("tag", "entry").attr("name")),
		key: n.child(attribute).text(), countOnly: all.child("option").text() == "count",
	}
}

func (q panQuery) wants(e *panEntry) bool {
	return (q.tag == "" || e.tag(q.tag) >= 0) && (q.key == "" || e.key == q.key)
}

// showRegistered lists entries with all of their tags, other people's too.
func (p *PANOS) showRegistered(t *panTable, n *panNode, attribute string) panAnswer {
	q := readPanQuery(n, attribute)
	found := t.view(q.tag+"\x00"+q.key, q.wants)
	if q.countOnly {
		return panResult(element("count", strconv.Itoa(len(found))))
	}
	found = found[min(q.start-1, len(found)):]
	if q.limit > 0 {
		found = found[:min(q.limit, len(found))]
	}
	var b strings.Builder
	now := p.now()
	for _, e := range found {
		e.write(&b, attribute, now)
	}
	return panResult(b.String() + element("count", strconv.Itoa(len(found))))
}

// write is put together by hand: listing is most of what a large device does.
func (e *panEntry) write(b *strings.Builder, attribute string, now time.Time) {
	b.WriteString("<entry " + attribute + `="` + escaped(e.key) + `"`)
	if attribute == "ip" {
		b.WriteString(` from_agent="0" persistent="` + bit(e.persistent()) + `"`)
	}
	b.WriteString("><tag>")
	for _, t := range e.tags {
		b.WriteString("<member")
		if timeout := t.remaining(now); timeout != "" {
			b.WriteString(` timeout="` + timeout + `"`)
		}
		b.WriteString(">" + escaped(t.name) + "</member>")
	}
	b.WriteString("</tag></entry>")
}

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
