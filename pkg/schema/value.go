package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// value gives v as the field's own Go type, or says what is wrong with it.
func (f Field) value(v any) (any, string) {
	value, ok := f.typed(v)
	if !ok {
		return nil, fmt.Sprintf("must be %s, not %s", f.Type.words(), words(v))
	}
	return value, f.limits(value)
}

func (t Type) words() string {
	return map[Type]string{
		Text: "a text", Bool: "true or false", Int: "a whole number", Float: "a number",
		Duration: `a duration such as "30s"`, Texts: "an array of texts", Pairs: "a table of texts",
		Table: "a table", Tables: "an array of tables", Named: "tables by name", Free: "a table",
	}[t]
}

// words shows a value only where it cannot be a secret that was put at the wrong place.
func words(v any) string {
	switch v := v.(type) {
	case string:
		return "a text"
	case bool, int64, int, float64, json.Number:
		return fmt.Sprint(v)
	case map[string]any:
		return "a table"
	}
	return "that"
}

func (f Field) typed(v any) (any, bool) {
	switch f.Type {
	case Text:
		s, ok := v.(string)
		return s, ok
	case Bool:
		b, ok := v.(bool)
		return b, ok
	case Int:
		return integer(v)
	case Float:
		return float(v)
	case Duration:
		s, _ := v.(string)
		d, err := time.ParseDuration(s)
		return d, err == nil
	case Texts:
		return texts(v)
	case Pairs:
		return pairs(v)
	}
	return nil, false
}

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case json.Number:
		i, err := v.Int64()
		return i, err == nil
	}
	return 0, false
}

func float(v any) (float64, bool) {
	if i, ok := integer(v); ok {
		return float64(i), true
	}
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

func texts(v any) ([]string, bool) {
	switch v := v.(type) {
	case []string:
		return v, true
	case []any:
		all := make([]string, len(v))
		for i, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil, false
			}
			all[i] = s
		}
		return all, true
	}
	return nil, false
}

func pairs(v any) (map[string]string, bool) {
	switch v := v.(type) {
	case map[string]string:
		return v, true
	case map[string]any:
		all := make(map[string]string, len(v))
		for key, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil, false
			}
			all[key] = s
		}
		return all, true
	}
	return nil, false
}

// limits says which of the field's limits a typed value breaks.
func (f Field) limits(v any) string {
	switch v := v.(type) {
	case string:
		return f.allowed(v)
	case []string:
		for _, one := range v {
			if message := f.allowed(one); message != "" {
				return message
			}
		}
		return f.within(float64(len(v)), "entries")
	case int64:
		return f.within(float64(v), "")
	case float64:
		return f.within(v, "")
	case time.Duration:
		return f.within(float64(v), "")
	}
	return ""
}

func (f Field) allowed(text string) string {
	if f.Enum == nil || slices.Contains(f.Enum, text) || (text == "" && !f.Required && f.Default == "") {
		return ""
	}
	return fmt.Sprintf("%q is not one of %s%s", text, strings.Join(f.Enum, ", "), suggestion(text, f.Enum))
}

func (f Field) within(n float64, of string) string {
	if low, err := f.bound(f.Min); f.Min != "" && err == nil && n < low {
		return strings.TrimSpace(fmt.Sprintf("must be at least %s %s", f.Min, of))
	}
	if high, err := f.bound(f.Max); f.Max != "" && err == nil && n > high {
		return strings.TrimSpace(fmt.Sprintf("must be at most %s %s", f.Max, of))
	}
	return ""
}

func (f Field) bound(text string) (float64, error) {
	if f.Type == Duration {
		d, err := time.ParseDuration(text)
		return float64(d), err
	}
	return strconv.ParseFloat(text, 64)
}

// tables gives the tables of an array as decoders hand them out.
func tables(v any) ([]map[string]any, bool) {
	switch v := v.(type) {
	case []map[string]any:
		return v, true
	case []any:
		all := make([]map[string]any, len(v))
		for i, one := range v {
			t, ok := one.(map[string]any)
			if !ok {
				return nil, false
			}
			all[i] = t
		}
		return all, true
	}
	return nil, false
}

func named(v any) (map[string]map[string]any, bool) {
	all, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	byName := make(map[string]map[string]any, len(all))
	for name, one := range all {
		if byName[name], ok = one.(map[string]any); !ok {
			return nil, false
		}
	}
	return byName, true
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
