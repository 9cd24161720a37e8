package lab

import (
	"fmt"
	"slices"
	"strings"
)

// panSections are the parts of a uid-message in the order in which the device works on them, however they were
// written: what is to be taken away goes first (panos-api.md, sections 2 and 5).
var panSections = []string{
	"logout", "login", "groups", "unregister", "register", "unregister-user", "register-user", "clear",
}

// panRefusal is one entry of an answer: an address or user that the device did not do as told, and why.
type panRefusal struct{ attribute, key, message string }

// userID carries out a uid-message and reports the entries that were refused; the others are applied.
func (p *PANOS) userID(admin PANOSAdmin, q *panRequest) panAnswer {
	if admin.NoUserID {
		return panRoleLacks()
	}
	device, vsys, refused := p.scope(q)
	if refused != nil {
		return *refused
	}
	if p.passive {
		return panError(panDenied, "Operation denied: the device is passive")
	}
	sections, refused := p.readMessage(q)
	if refused != nil {
		return *refused
	}
	var inner strings.Builder
	failed := false
	for _, name := range panSections {
		section := sections[name]
		if section == nil {
			continue
		}
		refusals := p.section(device, vsys, section)
		failed = failed || len(refusals) > 0
		inner.WriteString(panSectionAnswer(name, refusals))
	}
	return panUIDAnswer(inner.String(), failed)
}

// readMessage takes a uid-message apart. A message with anything unexpected is refused as a whole.
func (p *PANOS) readMessage(q *panRequest) (map[string]*panNode, *panAnswer) {
	if strings.TrimSpace(q.command) == "" {
		return nil, panRefused(panMissing("cmd"))
	}
	root := q.root
	if q.malformed != nil {
		return nil, panRefused(panError(panMalformed, "Malformed Request: "+q.malformed.Error()))
	}
	payload := root.child("payload")
	if root.XMLName.Local != "uid-message" || !root.has("payload") || root.child("type").text() != "update" {
		return nil, panRefused(panError(panInvalidCommand, "uid-message of type update with a payload expected"))
	}
	sections := map[string]*panNode{}
	for i := range payload.Children {
		name := payload.Children[i].XMLName.Local
		if !slices.Contains(panSections, name) || strings.HasSuffix(name, "register-user") && !p.atLeast("9.1") {
			return nil, panRefused(panError(panInvalidCommand, "payload -> "+name+" is unexpected"))
		}
		if sections[name] != nil {
			return nil, panRefused(panError(panMalformed, "payload -> "+name+" is a duplicate node"))
		}
		sections[name] = &payload.Children[i]
	}
	return sections, nil
}

func (p *PANOS) section(d *panDevice, v *panVsys, section *panNode) []panRefusal {
	switch section.XMLName.Local {
	case "unregister":
		return p.unregister(v.addresses, section, "ip")
	case "unregister-user":
		return p.unregister(v.users, section, "user")
	case "register":
		return p.register(d, v.addresses, section, "ip")
	case "register-user":
		return p.register(d, v.users, section, "user")
	case "login", "logout":
		return v.mapUsers(section)
	case "groups":
		v.setGroups(section)
	case "clear":
		v.clearBy(section)
	}
	return nil
}

// panSectionAnswer shows the refusals of a section; without any, the section is there and empty.
func panSectionAnswer(name string, refusals []panRefusal) string {
	var b strings.Builder
	b.WriteString("<" + name + ">")
	for _, r := range refusals {
		fmt.Fprintf(&b, `<entry %s="%s" message="%s"/>`, r.attribute, escaped(r.key), escaped(r.message))
	}
	b.WriteString("</" + name + ">")
	return b.String()
}

// panUIDAnswer is one of the two shapes of section 3; both come with HTTP 200.
func panUIDAnswer(inner string, failed bool) panAnswer {
	body := "<uid-response><version>2.0</version><payload>" + inner + "</payload></uid-response>"
	if failed {
		return panAnswer{status: 200, body: `<response status="error"><msg><line>` + body + `</line></msg></response>`}
	}
	return panResult(body)
}
