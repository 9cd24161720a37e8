package lab

import (
	"fmt"
	"slices"
)

func (v *fortiVDOM) tableFor(c fortiChange) (*fortiTable, error) {
	if t := v.tables[c.Table]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("no table %q; there are %v", c.Table, sortedKeys(v.tables))
}

func opCreate(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	body, err := decodeObject(c.Object)
	if err != nil {
		return err
	}
	return f.create(v, t, body, &fortiEnvelope{})
}

func opUpdate(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	body, err := decodeObject(c.Object)
	if err != nil {
		return err
	}
	return f.update(v, t, c.Name, body, &fortiEnvelope{})
}

// opDelete deletes an object; with force it is first taken out of the groups and policies that name it.
func opDelete(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	if c.Force {
		v.release(t.schema.table(), c.Name)
	}
	return f.destroy(v, t, c.Name)
}

// release takes a name out of every group and policy.
func (v *fortiVDOM) release(table, name string) {
	for _, user := range v.tables {
		for key, row := range user.rows {
			if changed, ok := respelled(user.schema, table, row, name, nil); ok {
				v.put(user, key, changed)
			}
		}
	}
}

func without(names []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(gone, n) })
}

func opRename(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	return f.update(v, t, c.Name, map[string]any{t.schema.key: c.To}, &fortiEnvelope{})
}

func opAddMembers(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	return f.editGroup(v, c, func(names []string) []string { return append(without(names, c.Members...), c.Members...) })
}

func opRemoveMembers(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	return f.editGroup(v, c, func(names []string) []string { return without(names, c.Members...) })
}

// editGroup edits the IPv4 group of that name, else the IPv6 one.
func (f *FortiGate) editGroup(v *fortiVDOM, c fortiChange, edit func([]string) []string) error {
	t := v.tables[tableGroup]
	if !v.has(tableGroup, c.Group) || c.Table == tableGroup6 {
		t = v.tables[tableGroup6]
	}
	row, ok := t.rows[c.Group]
	if !ok {
		return fmt.Errorf("no group %q", c.Group)
	}
	row = row.with("member", edit(row.names("member")))
	if err := f.check(v, t, row); err != nil {
		return err
	}
	v.put(t, c.Group, row)
	return nil
}
