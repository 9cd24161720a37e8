package tomltext

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/BurntSushi/toml"
)

// Get gives the value at a path: a string, bool, int64, float64, time.Time, []any or map[string]any.
func (t *Text) Get(at Path) (any, bool) {
	v := plain(t.values)
	for _, s := range at {
		var ok bool
		if v, ok = inside(v, s); !ok {
			return nil, false
		}
	}
	return v, true
}

func inside(v any, s Step) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		one, ok := v[s.Key]
		return one, ok && !s.Element
	case []any:
		if s.Element && s.Index < len(v) {
			return v[s.Index], true
		}
	}
	return nil, false
}

// plain is a deep copy in which all arrays are []any, as two ways to write one thing must compare equal.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		all := make(map[string]any, len(v))
		for key, one := range v {
			all[key] = plain(one)
		}
		return all
	case []map[string]any:
		return plainList(v)
	case []any:
		return plainList(v)
	}
	return v
}

func plainList[E any](list []E) []any {
	all := make([]any, len(list))
	for i, one := range list {
		all[i] = plain(one)
	}
	return all
}

// decoded is what a decoder makes of a value as it is written.
func decoded(written string) (any, error) {
	values := map[string]any{}
	if _, err := toml.Decode("v = "+written, &values); err != nil {
		return nil, fmt.Errorf("%s is not TOML: %w", written, err)
	}
	return plain(values["v"]), nil
}

// changed puts a value into plain values, with the tables around it that it needs.
func changed(v any, at Path, value any) (any, error) {
	if len(at) == 0 {
		return value, nil
	}
	s := at[0]
	switch all := v.(type) {
	case nil:
		return changed(container(s), at, value)
	case map[string]any:
		if !s.Element {
			one, err := changed(all[s.Key], at[1:], value)
			all[s.Key] = one
			return all, err
		}
	case []any:
		if s.Element {
			return changedList(all, at, value)
		}
	}
	return nil, fmt.Errorf("there is a value where %s asks for a table", at)
}

func container(s Step) any {
	if s.Element {
		return []any{}
	}
	return map[string]any{}
}

func changedList(all []any, at Path, value any) (any, error) {
	i := at[0].Index
	if i > len(all) {
		return nil, fmt.Errorf("there are %d: the next is [%d]", len(all), len(all))
	}
	if i == len(all) {
		all = append(all, nil)
	}
	one, err := changed(all[i], at[1:], value)
	all[i] = one
	return all, err
}

// removed takes a value out of plain values.
func removed(v any, at Path) any {
	s := at[0]
	switch all := v.(type) {
	case map[string]any:
		if len(at) == 1 {
			delete(all, s.Key)
		} else {
			all[s.Key] = removed(all[s.Key], at[1:])
		}
	case []any:
		if len(at) == 1 {
			return slices.Delete(all, s.Index, s.Index+1)
		}
		all[s.Index] = removed(all[s.Index], at[1:])
	}
	return v
}

// pruned leaves empty tables and arrays out of tables: they vanish with the last that was in them.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			v[key] = pruned(one)
		}
		maps.DeleteFunc(v, func(_ string, one any) bool { return vanished(one) })
	case []any:
		for i, one := range v {
			v[i] = pruned(one)
		}
	}
	return v
}

func vanished(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// holds says whether a text has these plain values.
func (t *Text) holds(values any) bool { return reflect.DeepEqual(plain(t.values), values) }
