package schema

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/secret"
)

// Of describes the settings struct S. An error is a mistake in its tags.
func Of[S any]() (Description, error) {
	fields, err := describe(reflect.TypeFor[S](), 0)
	return Description{fields}, err
}

var (
	secretType   = reflect.TypeFor[secret.String]()
	durationType = reflect.TypeFor[time.Duration]()
	freeType     = reflect.TypeFor[map[string]any]()
)

// maxDepth stops at a struct that contains itself.
const maxDepth = 8

func describe(t reflect.Type, depth int) ([]Field, error) {
	if t.Kind() != reflect.Struct || depth > maxDepth {
		return nil, fmt.Errorf("settings must be structs without themselves inside, not %s", t)
	}
	var fields []Field
	for i := range t.NumField() {
		more, err := describeField(t.Field(i), depth)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
		}
		fields = append(fields, more...)
	}
	return fields, cmp.Or(twice(fields), soundFormer(fields), soundWhen(fields))
}

func twice(fields []Field) error {
	for i, f := range fields {
		if _, ok := find(fields[:i], f.Name); ok {
			return fmt.Errorf("key %q stands twice", f.Name)
		}
	}
	return nil
}

func describeField(sf reflect.StructField, depth int) ([]Field, error) {
	switch name := sf.Tag.Get("toml"); {
	case sf.Anonymous && name == "":
		return describe(sf.Type, depth+1)
	case name == "-" || !sf.IsExported():
		return nil, nil
	case name == "":
		return nil, fmt.Errorf("has no toml tag")
	}
	f, err := fieldOf(sf, depth)
	if err != nil {
		return nil, err
	}
	return []Field{f}, f.sound()
}

func fieldOf(sf reflect.StructField, depth int) (Field, error) {
	f, inside, err := shallow(sf)
	if err != nil || inside == nil {
		return f, err
	}
	f.Fields, err = describe(inside, depth+1)
	return f, err
}

// shallow is a field without what is inside of it, and the struct that is.
func shallow(sf reflect.StructField) (f Field, inside reflect.Type, err error) {
	tag := sf.Tag
	f = Field{
		Name: tag.Get("toml"), Help: tag.Get("help"), Default: tag.Get("default"),
		Required: tag.Get("required") == "true", Optional: tag.Get("optional") == "true",
		Min: tag.Get("min"), Max: tag.Get("max"), Format: tag.Get("format"), When: whenOf(tag.Get("when")),
	}
	if enum := tag.Get("enum"); enum != "" {
		f.Enum = strings.Split(enum, ",")
	}
	if former := tag.Get("former"); former != "" {
		f.Former = strings.Split(former, ",")
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t, f.Optional = t.Elem(), true
	}
	if f.Type, inside = typeOf(t); f.Type == "" {
		return Field{}, nil, fmt.Errorf("a setting cannot be a %s", t)
	}
	return f, inside, nil
}

// typeOf also gives the struct inside of a table.
func typeOf(t reflect.Type) (Type, reflect.Type) {
	switch t {
	case secretType:
		return Secret, nil
	case durationType:
		return Duration, nil
	case freeType:
		return Free, nil
	}
	switch t.Kind() {
	case reflect.String:
		return Text, nil
	case reflect.Bool:
		return Bool, nil
	case reflect.Int, reflect.Int64:
		return Int, nil
	case reflect.Float64:
		return Float, nil
	case reflect.Struct:
		return Table, t
	case reflect.Slice:
		return many(t.Elem(), Texts, Tables)
	case reflect.Map:
		return many(t.Elem(), Pairs, Named)
	}
	return "", nil
}

func many(element reflect.Type, texts, tables Type) (Type, reflect.Type) {
	switch element.Kind() {
	case reflect.String:
		return texts, nil
	case reflect.Struct:
		return tables, element
	}
	return "", nil
}

// sound reports a default or bound that the field itself would refuse.
func (f Field) sound() error {
	for _, bound := range []string{f.Min, f.Max} {
		if _, err := f.bound(bound); bound != "" && err != nil {
			return fmt.Errorf("bound %q: %w", bound, err)
		}
	}
	if f.Type == Tables && holdsSecret(f.Fields) {
		if name, ok := find(f.Fields, identity); !ok || !name.Required {
			return fmt.Errorf("holds secrets, which are named after each table: it needs a required key %q", identity)
		}
	}
	if f.Format != "" && f.Format != FormatURL && f.Format != FormatHost {
		return fmt.Errorf("format %q is neither %s nor %s", f.Format, FormatURL, FormatHost)
	}
	if f.Default == "" {
		return nil
	}
	if _, message := f.value(f.defaulted()); message != "" {
		return fmt.Errorf("default %q %s", f.Default, message)
	}
	return nil
}

func holdsSecret(fields []Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return f.Type == Secret || holdsSecret(f.Fields) })
}

// defaulted is the default in the form that a file would give it in; nil when there is none.
func (f Field) defaulted() any {
	switch {
	case f.Default == "":
		return nil
	case f.Type == Texts:
		return strings.Split(f.Default, ",")
	case f.Type == Text || f.Type == Duration:
		return f.Default
	}
	if b, err := strconv.ParseBool(f.Default); err == nil && f.Type == Bool {
		return b
	}
	if i, err := strconv.ParseInt(f.Default, 10, 64); err == nil {
		return i
	}
	if n, err := strconv.ParseFloat(f.Default, 64); err == nil {
		return n
	}
	return f.Default
}
