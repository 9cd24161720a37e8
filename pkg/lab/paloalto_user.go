package lab

import "fmt"

// mapUsers changes which user sits at which address.
func (v *panVsys) mapUsers(section *panNode) []panRefusal {
	var out []panRefusal
	for i := range section.Children {
		entry := &section.Children[i]
		ip, user := entry.attr("ip"), entry.attr("name")
		switch {
		case section.XMLName.Local == "login":
			v.mappings[ip] = user
		case v.mappings[ip] == user:
			delete(v.mappings, ip)
		default:
			out = append(out, panRefusal{"name", user, fmt.Sprintf("Delete mapping failed for %s", ip)})
		}
	}
	return out
}

// setGroups replaces the members of user groups.
func (v *panVsys) setGroups(section *panNode) {
	for i := range section.Children {
		entry := &section.Children[i]
		members := entry.child("members").Children
		names := make([]string, len(members))
		for m := range members {
			names[m] = members[m].attr("name")
		}
		v.groups[entry.attr("name")] = names
	}
}

// clearBy wipes what is registered, whoever registered it.
func (v *panVsys) clearBy(section *panNode) {
	if section.has("registered-ip") {
		v.addresses = newPanTable()
	}
	if section.has("registered-user") {
		v.users = newPanTable()
	}
}
