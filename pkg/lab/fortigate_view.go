package lab

import (
	"encoding/json"
	"slices"
)

// fortiView is a row as a GET shows it, with all fields or some.
type fortiView struct {
	row    fortiRow
	key    string // the field that names the row
	fields []string
}

// MarshalJSON adds what every object carries: q_origin_key, beside its name and beside each entry of a child table.
func (v fortiView) MarshalJSON() ([]byte, error) {
	out := make(map[string]any, len(v.row)+1)
	for field, value := range v.row {
		if len(v.fields) > 0 && !slices.Contains(v.fields, field) {
			continue
		}
		if names, ok := value.([]string); ok {
			value = fortiEntries(names)
		}
		out[field] = value
	}
	out["q_origin_key"] = v.row[v.key]
	return json.Marshal(out)
}

// fortiEntry is an entry of a child table.
type fortiEntry struct {
	Name   string `json:"name"`
	Origin string `json:"q_origin_key"`
}

func fortiEntries(names []string) []fortiEntry {
	out := make([]fortiEntry, len(names))
	for i, name := range names {
		out[i] = fortiEntry{Name: name, Origin: name}
	}
	return out
}
