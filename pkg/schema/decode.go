package schema

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/var-project/var/pkg/secret"
)

// Decode checks values and fills the struct that into points to with them, with defaults where
// there is no value, and with secrets by their names (see Secrets). The error is Problems when
// values are at fault. A secret that is missing stays empty; see Missing.
func Decode(values map[string]any, secrets map[string]secret.String, into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("cannot decode settings into a %T", into)
	}
	fields, err := describe(v.Type().Elem(), 0)
	if err != nil {
		return err
	}
	if problems := Check(Description{fields}, values); problems != nil {
		return problems
	}
	decoder{secrets}.table("", values, v.Elem())
	return nil
}

// decoder fills what Check found right.
type decoder struct{ secrets map[string]secret.String }

func (d decoder) table(prefix string, values map[string]any, into reflect.Value) {
	t := into.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		name := sf.Tag.Get("toml")
		switch {
		case sf.Anonymous && name == "":
			d.table(prefix, values, into.Field(i))
		case name != "" && name != "-" && sf.IsExported():
			d.field(join(prefix, name), sf, values[name], into.Field(i))
		}
	}
}

func (d decoder) field(path string, sf reflect.StructField, v any, into reflect.Value) {
	f, _, err := shallow(sf)
	if err != nil {
		return
	}
	if v == nil {
		v = f.defaulted()
	}
	if into.Kind() == reflect.Pointer {
		if v == nil && f.Type != Secret {
			return
		}
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	d.fill(path, f, v, into)
}

func (d decoder) fill(path string, f Field, v any, into reflect.Value) {
	switch f.Type {
	case Secret:
		into.Set(reflect.ValueOf(d.secrets[path]))
	case Table:
		t, _ := v.(map[string]any)
		d.table(path, t, into)
	case Tables:
		d.tables(path, v, into)
	case Named:
		d.named(path, v, into)
	case Free:
		if t, ok := v.(map[string]any); ok {
			into.Set(reflect.ValueOf(t))
		}
	default:
		set(f, v, into)
	}
}

func (d decoder) tables(path string, v any, into reflect.Value) {
	ts, _ := tables(v)
	all := reflect.MakeSlice(into.Type(), len(ts), len(ts))
	for i, t := range ts {
		name, _ := t[identity].(string)
		d.table(join(path, name), t, all.Index(i))
	}
	into.Set(all)
}

func (d decoder) named(path string, v any, into reflect.Value) {
	ts, _ := named(v)
	all := reflect.MakeMapWithSize(into.Type(), len(ts))
	for name, t := range ts {
		one := reflect.New(into.Type().Elem()).Elem()
		d.table(join(path, name), t, one)
		all.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), one)
	}
	into.Set(all)
}

func set(f Field, v any, into reflect.Value) {
	value, ok := f.typed(v)
	if !ok {
		return
	}
	switch value := value.(type) {
	case []string:
		all := reflect.MakeSlice(into.Type(), len(value), len(value))
		for i, one := range value {
			all.Index(i).SetString(one)
		}
		into.Set(all)
	case map[string]string:
		all := reflect.MakeMapWithSize(into.Type(), len(value))
		for key, one := range value {
			all.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), reflect.ValueOf(one).Convert(into.Type().Elem()))
		}
		into.Set(all)
	default:
		into.Set(reflect.ValueOf(value).Convert(into.Type()))
	}
}

// FieldError is a mistake that a settings struct finds in itself.
type FieldError struct {
	// Path is the key at fault as it stands in the file: "device[0].url".
	Path string
	Msg  string
}

// Error gives the path and the message.
func (e *FieldError) Error() string { return Problem{e.Path, e.Msg}.String() }

// Validator is a settings struct that checks what tags cannot say. Errors of type *FieldError are
// shown with file and line.
type Validator interface{ Validate() []error }

// Validate lists what decoded settings find wrong with themselves; nil when they are no Validator.
func Validate(settings any) Problems {
	v, ok := settings.(Validator)
	if !ok {
		return nil
	}
	var problems Problems
	for _, err := range v.Validate() {
		problems = append(problems, problem(err)...)
	}
	return problems
}

func problem(err error) Problems {
	var at *FieldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at):
		return Problems{{at.Path, at.Msg}}
	}
	return Problems{{"", err.Error()}}
}
