package lab

import "slices"

// builtins are the objects that every VDOM has from the beginning and that cannot be deleted.
var builtins = []string{"all", "none"}

func isBuiltin(table, key string) bool {
	return (table == tableAddress || table == tableAddress6) && slices.Contains(builtins, key)
}

func (f *FortiGate) fillBuiltins(v *fortiVDOM) {
	v.builtin(f, tableAddress, map[string]any{"name": "all", "subnet": "0.0.0.0 0.0.0.0"})
	v.builtin(f, tableAddress, map[string]any{"name": "none", "subnet": "0.0.0.0 255.255.255.255"})
	v.builtin(f, tableAddress6, map[string]any{"name": "all", "ip6": "::/0"})
	v.builtin(f, tableAddress6, map[string]any{"name": "none", "ip6": "::/128"})
	ports := v.tables[tablePort]
	ports.put("port1", ports.schema.defaults.with("name", "port1"))
	for _, name := range f.order {
		vdoms := v.tables[tableVDOM]
		vdoms.put(name, vdoms.schema.defaults.with("name", name))
	}
}

func (v *fortiVDOM) builtin(f *FortiGate, table string, body map[string]any) {
	if err := f.create(v, v.tables[table], body, &fortiEnvelope{}); err != nil {
		panic("lab: a built-in object is refused: " + err.Error())
	}
}
