package lab

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Tables of the configuration that the simulator has.
const (
	tableAddress  = "firewall/address"
	tableAddress6 = "firewall/address6"
	tableGroup    = "firewall/addrgrp"
	tableGroup6   = "firewall/addrgrp6"
	tablePolicy   = "firewall/policy"
	tableFeed     = "system/external-resource"
	tableVDOM     = "system/vdom"
	tablePort     = "system/interface"
)

// fortiSchema is what a table accepts.
type fortiSchema struct {
	path, name, key string
	keyLimit        int
	readOnly        bool
	defaults        fortiRow
	// settle brings a row into the form in which the device keeps it, or refuses it.
	settle func(v *fortiVDOM, row fortiRow) error
	// refs are the child tables that name objects; true for those that name IPv6 objects.
	refs map[string]bool
}

func (s *fortiSchema) table() string { return s.path + "/" + s.name }

func fortiSchemas() []*fortiSchema {
	return []*fortiSchema{
		addressSchema(), address6Schema(), groupSchema("addrgrp", false), groupSchema("addrgrp6", true),
		policySchema(), feedSchema(),
		{path: "system", name: "vdom", key: "name", readOnly: true, defaults: fortiRow{"short-name": "", "vcluster-id": 0}},
		{path: "system", name: "interface", key: "name", readOnly: true, defaults: fortiRow{"vdom": "root", "type": "physical"}},
	}
}

// shown is the answer to action=schema: the key, and the fields with their types.
func (s *fortiSchema) shown() any {
	children := map[string]any{}
	for field, value := range s.defaults {
		kind := map[string]any{"name": field, "category": "unitary", "type": "string"}
		switch value.(type) {
		case int:
			kind["type"] = "integer"
		case []string:
			kind = map[string]any{"name": field, "category": "table", "mkey": "name", "mkey_type": "string"}
		}
		children[field] = kind
	}
	return map[string]any{"path": s.path, "name": s.name, "category": "table", "mkey": s.key, "children": children}
}

// references are the objects that a row names, each once.
func (s *fortiSchema) references(row fortiRow) map[fortiRef]bool {
	out := map[fortiRef]bool{}
	for field, v6 := range s.refs {
		for _, name := range row.names(field) {
			out[fortiRef{v6: v6, name: name}] = true
		}
	}
	return out
}

// namesBeside reports that a row names an object in another child table than field too.
func (s *fortiSchema) namesBeside(row fortiRow, field, name string) bool {
	for other, v6 := range s.refs {
		if other != field && v6 == s.refs[field] && slices.Contains(row.names(other), name) {
			return true
		}
	}
	return false
}

// merge puts the fields of a request over a row. Fields that the table does not have are ignored, as the device does.
func (s *fortiSchema) merge(row fortiRow, body map[string]any) fortiRow {
	out := row
	for field, value := range body {
		if fallback, ok := s.defaults[field]; ok {
			out = out.with(field, coerce(fallback, value))
		}
	}
	return out
}

// blank is a row with every field at its default.
func (s *fortiSchema) blank() fortiRow { return s.defaults.with(s.key, "") }

// keyOf is the name that a request gives its object.
func (s *fortiSchema) keyOf(body map[string]any) string { return asText(body[s.key]) }

// coerce turns a value of a request into the type of the field.
func coerce(like, value any) any {
	switch like.(type) {
	case int:
		n, _ := strconv.Atoi(asText(value)) // what is no number counts as 0
		return n
	case []string:
		return asNames(value)
	}
	return asText(value)
}

func asText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = asText(part)
		}
		return strings.Join(parts, " ")
	}
	return ""
}

// asNames reads a child table: objects with a name, or names alone. What is named twice is kept once.
func asNames(value any) []string {
	out, seen := []string{}, map[string]bool{}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, item := range list {
		name := asText(item)
		if object, ok := item.(map[string]any); ok {
			name = asText(object["name"])
		}
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
