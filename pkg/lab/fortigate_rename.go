package lab

import "slices"

// rename gives an object another name, and follows it in every group and policy.
func (v *fortiVDOM) rename(t *fortiTable, from, to string) {
	row := t.rows[from].with(t.schema.key, to)
	v.put(t, to, row)
	for _, user := range v.tables {
		for key, r := range user.rows {
			if changed, ok := respelled(user.schema, t.schema.table(), r, from, []string{to}); ok {
				v.put(user, key, changed)
			}
		}
	}
	if feed := v.feeds[from]; feed != nil && t.schema.table() == tableFeed {
		v.feeds[to] = feed
	}
	v.remove(t, from)
}

// respelled is a row that names others where it named `from`; false when it did not name it.
func respelled(s *fortiSchema, table string, row fortiRow, from string, to []string) (fortiRow, bool) {
	changed := false
	for field, v6 := range s.refs {
		names := row.names(field)
		i := slices.Index(names, from)
		if i < 0 || !sameNames(table, v6) {
			continue
		}
		row, changed = row.with(field, slices.Replace(slices.Clone(names), i, i+1, to...)), true
	}
	return row, changed
}

// sameNames tells whether a table's objects are named in fields of a family; feeds are named in both.
func sameNames(table string, v6 bool) bool {
	return table == tableFeed || v6 == (table == tableAddress6 || table == tableGroup6)
}
