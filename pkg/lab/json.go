package lab

import (
	"encoding/json"
	"slices"
	"strconv"
)

// jsonObject is a JSON object whose keys keep the order of the sample messages. It writes itself much faster
// than a map would, which matters for lists of thousands of hosts.
type jsonObject []jsonMember

type jsonMember struct {
	key   string
	value any
}

// MarshalJSON lets an object stand inside values that encoding/json writes.
func (o jsonObject) MarshalJSON() ([]byte, error) { return appendObject(nil, o), nil }

func (o jsonObject) get(key string) (any, bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

// only keeps the named keys.
func (o jsonObject) only(keep func(key string) bool) jsonObject {
	out := make(jsonObject, 0, len(o))
	for _, m := range o {
		if keep(m.key) {
			out = append(out, m)
		}
	}
	return out
}

func appendObject(buf []byte, o jsonObject) []byte {
	buf = append(buf, '{')
	for i, m := range o {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendString(buf, m.key)
		buf = append(buf, ':')
		buf = appendJSON(buf, m.value)
	}
	return append(buf, '}')
}

func appendJSON(buf []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(buf, "null"...)
	case string:
		return appendString(buf, v)
	case bool:
		return strconv.AppendBool(buf, v)
	case int:
		return strconv.AppendInt(buf, int64(v), 10)
	case jsonObject:
		return appendObject(buf, v)
	case []jsonObject:
		return appendList(buf, v, appendObject)
	case []string:
		return appendList(buf, v, appendString)
	case []any:
		return appendList(buf, v, appendJSON)
	case map[string]any:
		return appendMap(buf, v)
	case []map[string]any:
		return appendList(buf, v, appendMap)
	default:
		return appendAny(buf, v)
	}
}

// appendMap writes keys in their order, as encoding/json does.
func appendMap(buf []byte, m map[string]any) []byte {
	if m == nil {
		return append(buf, "null"...)
	}
	var few [16]string
	keys := few[:0]
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	buf = append(buf, '{')
	for i, key := range keys {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(appendString(buf, key), ':')
		buf = appendJSON(buf, m[key])
	}
	return append(buf, '}')
}

func appendList[T any](buf []byte, list []T, one func([]byte, T) []byte) []byte {
	buf = append(buf, '[')
	for i, v := range list {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = one(buf, v)
	}
	return append(buf, ']')
}

func appendString(buf []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendAny(buf, s)
		}
	}
	buf = append(buf, '"')
	buf = append(buf, s...)
	return append(buf, '"')
}

// appendAny is the slow way for everything else. What cannot be written is null: only the lab's own data comes here.
func appendAny(buf []byte, value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return append(buf, "null"...)
	}
	return append(buf, raw...)
}
