package schema

import (
	"fmt"
	"strings"
	"unicode"
)

// Check lists everything that is wrong with values: unknown keys with the nearest valid name,
// wrong types, values out of bounds, what is missing, tables of one name. Nil means all is well.
// Values are as a TOML or JSON decoder gives them. No message shows a text that could be a secret.
func Check(d Description, values map[string]any) Problems {
	var c checker
	c.table("", d.Fields, values)
	return c.problems
}

type checker struct{ problems Problems }

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (c *checker) table(path string, fields []Field, values map[string]any) {
	for _, key := range sortedKeys(values) {
		if _, ok := find(fields, key); !ok {
			c.add(join(path, key), "unknown key%s", otherwise(key, fields))
		}
	}
	for _, f := range fields {
		v, present := values[f.Name]
		if present || f.Counts(fields, values) {
			c.field(join(path, f.Name), f, v, present)
		}
	}
}

func (c *checker) field(path string, f Field, v any, present bool) {
	switch {
	case f.Type == Secret && present:
		c.add(path, "secrets never stand in the file: take it out and store it with \"var secret set\"")
	case f.Type == Secret || f.Type == Free:
		c.free(path, f, v, present)
	case f.Type == Table && !present && !f.Optional:
		c.table(path, f.Fields, nil)
	case !present:
		c.missing(path, f)
	default:
		c.present(path, f, v)
	}
}

func (c *checker) free(path string, f Field, v any, present bool) {
	if _, ok := v.(map[string]any); present && !ok {
		c.add(path, "must be a table, not %s", words(v))
	}
	if !present && f.Required {
		c.missing(path, f)
	}
}

func (c *checker) missing(path string, f Field) {
	if f.Required && f.Type != Secret {
		c.add(path, "is missing%s", meaning(f))
	}
}

func meaning(f Field) string {
	if f.Help == "" {
		return ""
	}
	return ": " + strings.TrimSuffix(f.Help, ".")
}

func (c *checker) present(path string, f Field, v any) {
	switch f.Type {
	case Table:
		if t, ok := v.(map[string]any); ok {
			c.table(path, f.Fields, t)
			return
		}
	case Tables:
		if ts, ok := tables(v); ok {
			c.tables(path, f, ts)
			return
		}
	case Named:
		if ts, ok := named(v); ok {
			c.named(path, f, ts)
			return
		}
	}
	c.scalar(path, f, v)
}

func (c *checker) scalar(path string, f Field, v any) {
	value, message := f.value(v)
	switch {
	case message != "":
		c.add(path, "%s", message)
	case f.Required && empty(value):
		c.add(path, "must not be empty%s", meaning(f))
	}
}

func empty(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

func (c *checker) tables(path string, f Field, ts []map[string]any) {
	if message := f.within(float64(len(ts)), "tables"); message != "" {
		c.add(path, "%s", message)
	}
	if f.Required && len(ts) == 0 {
		c.missing(path, f)
	}
	_, byName := find(f.Fields, identity)
	seen := map[string]string{}
	for i, t := range ts {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.table(at, f.Fields, t)
		if byName {
			c.unique(join(at, identity), t[identity], seen)
		}
	}
}

func (c *checker) named(path string, f Field, ts map[string]map[string]any) {
	if message := f.within(float64(len(ts)), "tables"); message != "" {
		c.add(path, "%s", message)
	}
	seen := map[string]string{}
	for _, name := range sortedKeys(ts) {
		c.table(join(path, name), f.Fields, ts[name])
		c.unique(join(path, name), name, seen)
	}
}

// unique refuses a second table of one name. Names are identities, and the names of secrets and of
// their variables are made of them, so case and punctuation alone do not tell two apart.
func (c *checker) unique(path string, name any, seen map[string]string) {
	text, ok := name.(string)
	if !ok {
		return
	}
	if text == "" {
		c.add(path, "must not be empty: it is what the table is known by")
		return
	}
	folded := fold(text)
	switch other, taken := seen[folded]; {
	case taken && other == text:
		c.add(path, "%q is taken by another table: names are identities", text)
	case taken:
		c.add(path, "%q differs from %q only in case or punctuation: their secrets would have one name", text, other)
	}
	seen[folded] = text
}

func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}
