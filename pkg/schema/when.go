package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// When says that a key counts only where another one, beside it in its table, has one of some values. Elsewhere it is not
// asked for, need not be there, and does nothing.
type When struct {
	// Key is the other key: a text with an enum, or a bool. What it has by default counts too.
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

// whenOf reads the tag `when:"mode=feed,quarantine"`.
func whenOf(tag string) *When {
	key, values, _ := strings.Cut(tag, "=")
	if key == "" {
		return nil
	}
	return &When{Key: key, Values: strings.Split(values, ",")}
}

// Counts says whether a field is obeyed in a table with these values; beside are all fields of the table.
func (f Field) Counts(beside []Field, values map[string]any) bool {
	if f.When == nil {
		return true
	}
	other, known := find(beside, f.When.Key)
	return !known || slices.Contains(f.When.Values, other.chosen(values))
}

// chosen is the value of a field as a condition names it.
func (f Field) chosen(values map[string]any) string {
	v := values[f.Name]
	if v == nil {
		v = f.defaulted()
	}
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	if f.Type == Bool {
		return strconv.FormatBool(false)
	}
	return ""
}

// Idle lists the keys among values that do nothing, because another key has a value with which they do not count.
// Nothing is wrong with them.
func Idle(d Description, values map[string]any) Problems { return idle("", d.Fields, values) }

func idle(path string, fields []Field, values map[string]any) Problems {
	var all Problems
	for _, f := range fields {
		v, present := values[f.Name]
		switch at := join(path, f.Name); {
		case !present:
		case !f.Counts(fields, values):
			all = append(all, Problem{at, fmt.Sprintf("does nothing here: it counts only with %s", f.When)})
		default:
			all = append(all, f.idleInside(at, v)...)
		}
	}
	return all
}

func (f Field) idleInside(path string, v any) Problems {
	var all Problems
	switch f.Type {
	case Table:
		t, _ := v.(map[string]any)
		all = idle(path, f.Fields, t)
	case Tables:
		ts, _ := tables(v)
		for i, t := range ts {
			all = append(all, idle(fmt.Sprintf("%s[%d]", path, i), f.Fields, t)...)
		}
	case Named:
		ts, _ := named(v)
		for _, name := range sortedKeys(ts) {
			all = append(all, idle(join(path, name), f.Fields, ts[name])...)
		}
	}
	return all
}

// String is `mode = "feed" or "quarantine"`.
func (w When) String() string {
	written := slices.Clone(w.Values)
	for i, v := range written {
		if _, err := strconv.ParseBool(v); err != nil {
			written[i] = strconv.Quote(v)
		}
	}
	return w.Key + " = " + strings.Join(written, " or ")
}

// soundWhen reports conditions that could never be met, or whose key is none that has some values.
func soundWhen(fields []Field) error {
	for _, f := range fields {
		if f.When == nil {
			continue
		}
		other, known := find(fields, f.When.Key)
		if !known || other.Name == f.Name {
			return fmt.Errorf("key %q: counts with %q, which is no key beside it", f.Name, f.When.Key)
		}
		may := other.Enum
		if other.Type == Bool {
			may = []string{"false", "true"}
		}
		for _, value := range f.When.Values {
			if !slices.Contains(may, value) {
				return fmt.Errorf("key %q: counts with %s, which cannot be: want one of %q", f.Name, f.When, may)
			}
		}
	}
	return nil
}
