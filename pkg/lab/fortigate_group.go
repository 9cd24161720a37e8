package lab

func groupSchema(name string, v6 bool) *fortiSchema {
	defaults := fortiRow{
		"name": "", "uuid": "", "member": []string{}, "comment": "", "exclude": "disable",
		"exclude-member": []string{}, "color": 0, "fabric-object": "disable",
	}
	if !v6 {
		defaults["type"], defaults["category"], defaults["allow-routing"] = "default", "default", "disable"
	}
	return &fortiSchema{
		path: "firewall", name: name, key: "name", keyLimit: 79, defaults: defaults,
		refs:   map[string]bool{"member": v6, "exclude-member": v6},
		settle: func(v *fortiVDOM, row fortiRow) error { return settleGroup(v, row, v6) },
	}
}

func settleGroup(v *fortiVDOM, row fortiRow, v6 bool) error {
	for _, field := range []string{"member", "exclude-member"} {
		for _, name := range row.names(field) {
			if !v.isObject(fortiRef{v6: v6, name: name}) {
				return noSuchMember(name)
			}
		}
	}
	if v.reaches(row.names("member"), row.text("name"), v6, map[string]bool{}) {
		return refuse(fortiConflict, "a group cannot contain itself")
	}
	return nil
}

// reaches tells whether one of the members is, or contains, the group called name.
func (v *fortiVDOM) reaches(members []string, name string, v6 bool, seen map[string]bool) bool {
	groups := v.tables[tableGroup]
	if v6 {
		groups = v.tables[tableGroup6]
	}
	for _, member := range members {
		if member == name {
			return true
		}
		group, ok := groups.rows[member]
		if !ok || seen[member] {
			continue
		}
		seen[member] = true
		if v.reaches(group.names("member"), name, v6, seen) {
			return true
		}
	}
	return false
}

func (t *fortiTable) isGroups() bool {
	return t.schema.table() == tableGroup || t.schema.table() == tableGroup6
}

// checkMembers applies what depends on release and model: empty groups and the number of members.
func (f *FortiGate) checkMembers(t *fortiTable, row fortiRow) error {
	if !t.isGroups() {
		return nil
	}
	n := len(row.names("member"))
	if n == 0 && !f.atLeast("7.2.0") {
		return refuse(fortiEmpty, "member list cannot be empty")
	}
	if f.cfg.MemberLimit > 0 && n > f.cfg.MemberLimit {
		return refuse(fortiFull, "The maximum number of entries has been reached (%d)", f.cfg.MemberLimit)
	}
	return nil
}
