package lab

import (
	"encoding/json"
	"maps"
	"slices"
)

// fortiView is a row as a GET shows it, with all fields or some.
type fortiView struct {
	row    fortiRow
	key    string // the field that names the row
	fields []string
}

// MarshalJSON adds what every object carries: q_origin_key, beside its name and beside each entry of a child table.
// Listing is most of what a large device does, so the text is put together by hand.
func (v fortiView) MarshalJSON() ([]byte, error) {
	fields := v.fields
	if len(fields) == 0 {
		fields = slices.Sorted(maps.Keys(v.row))
	}
	out := []byte{'{'}
	for _, field := range fields {
		if value, ok := v.row[field]; ok {
			out = append(appendValue(append(appendText(out, field), ':'), value), ',')
		}
	}
	out = append(out, `"q_origin_key":`...)
	return append(appendValue(out, v.row[v.key]), '}'), nil
}

func appendValue(out []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendText(out, v)
	case []string:
		return appendEntries(out, v)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic("lab: a field that is not JSON: " + err.Error())
	}
	return append(out, raw...)
}

func appendEntries(out []byte, names []string) []byte {
	out = append(out, '[')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"name":`...), name)
		out = append(appendText(append(out, `,"q_origin_key":`...), name), '}')
	}
	return append(out, ']')
}

// appendText quotes a text; most need no escapes.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			raw, _ := json.Marshal(text) // a text is always JSON
			return append(out, raw...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
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
