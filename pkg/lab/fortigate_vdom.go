package lab

// fortiRef is a use of an object by a group or policy. IPv4 and IPv6 objects have name spaces of their own.
type fortiRef struct {
	v6   bool
	name string
}

// fortiVDOM is a virtual domain: a device within the device.
type fortiVDOM struct {
	name   string
	tables map[string]*fortiTable
	used   map[fortiRef]int
	feeds  map[string]*fortiFeed
	bans   []fortiBan
	serial int
}

func newFortiVDOM(name string) *fortiVDOM {
	v := &fortiVDOM{
		name: name, tables: map[string]*fortiTable{}, used: map[fortiRef]int{}, feeds: map[string]*fortiFeed{},
	}
	for _, s := range fortiSchemas() {
		v.tables[s.table()] = newFortiTable(s)
	}
	return v
}

// put stores a row and counts what it refers to.
func (v *fortiVDOM) put(t *fortiTable, key string, row fortiRow) {
	for ref := range t.schema.references(t.rows[key]) {
		v.used[ref]--
	}
	for ref := range t.schema.references(row) {
		v.used[ref]++
	}
	t.put(key, row)
}

// putEntry stores a row that differs by one entry of a child table, in a time that does not grow with the table.
func (v *fortiVDOM) putEntry(t *fortiTable, key string, row fortiRow, field, name string, more int) {
	if v6, refers := t.schema.refs[field]; refers && !t.schema.namesBeside(row, field, name) {
		v.used[fortiRef{v6: v6, name: name}] += more
	}
	digest := t.digests[key]
	digest.mix(entryDigest(key, field, name))
	t.store(key, row, digest)
}

func (v *fortiVDOM) remove(t *fortiTable, key string) {
	for ref := range t.schema.references(t.rows[key]) {
		v.used[ref]--
	}
	t.remove(key)
	if t.schema.table() == tableFeed {
		delete(v.feeds, key)
	}
}

// inUse counts the groups and policies that name an object of a table.
func (v *fortiVDOM) inUse(t *fortiTable, key string) int {
	switch t.schema.table() {
	case tableAddress, tableGroup:
		return v.used[fortiRef{name: key}]
	case tableAddress6, tableGroup6:
		return v.used[fortiRef{v6: true, name: key}]
	case tableFeed:
		if v.isObject(fortiRef{name: key}) {
			return 0
		}
		return v.used[fortiRef{name: key}] + v.used[fortiRef{v6: true, name: key}]
	}
	return 0
}

// isObject tells whether an address or a group of that name exists.
func (v *fortiVDOM) isObject(ref fortiRef) bool {
	address, group := tableAddress, tableGroup
	if ref.v6 {
		address, group = tableAddress6, tableGroup6
	}
	return v.has(address, ref.name) || v.has(group, ref.name)
}

func (v *fortiVDOM) has(table, key string) bool {
	_, ok := v.tables[table].rows[key]
	return ok
}

// exists tells whether a policy can name ref: address feeds serve there for both families.
func (v *fortiVDOM) exists(ref fortiRef) bool {
	return v.isObject(ref) || v.tables[tableFeed].rows[ref.name].text("type") == "address"
}
