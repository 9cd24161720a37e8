package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

// place is a key of the file.
type place struct {
	// path is where it stands: "blocker.edge.settings.device[0].url".
	path string
	// secrets is what the names of secrets at the same place begin with: "blocker.edge.device.fw1".
	secrets string
	schema.Field
}

// below is a key inside of the table p.
func (p place) below(f schema.Field) place {
	return place{join(p.path, f.Name), join(p.secrets, f.Name), f}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// field asks for whatever stands at a place.
func (t *talk) field(ctx context.Context, p place) error {
	switch p.Type {
	case schema.Secret:
		return t.secret(ctx, Need{p.secrets, p.Help, p.Optional, t.former(p.secrets)})
	case schema.Table:
		return t.table(ctx, p)
	case schema.Tables:
		return t.tables(ctx, p)
	case schema.Free, schema.Named:
		return t.unasked([]string{p.path})
	}
	return t.key(ctx, p)
}

// key asks for one value. What is there already is the default, and is not written again.
func (t *talk) key(ctx context.Context, p place) error {
	now := t.now(p)
	answer, err := t.ask(ctx, Question{
		Key: p.path, Help: p.Help, Form: p.form(), Default: now, Options: p.options(), Check: t.check(p, now),
	})
	if err != nil || answer == now {
		return err
	}
	return put(t.draft, p, answer)
}

// now is what stands at a place, else the default.
func (t *talk) now(p place) string {
	v, _ := t.draft.Get(p.path)
	if v == nil && p.Type == schema.Bool && p.Default == "true" {
		return Affirmed
	}
	if v == nil && p.Type == schema.Bool {
		return Denied
	}
	return shown(p.Field, v)
}

func (p place) form() Form {
	switch {
	case p.Type == schema.Bool:
		return Yes
	case p.Enum == nil:
		return Text
	case p.Type == schema.Texts:
		return Some
	}
	return One
}

// options are the values that an enum allows; none of them is one more where the key may be absent.
func (p place) options() []Option {
	var all []Option
	for _, value := range p.Enum {
		all = append(all, Option{value, value})
	}
	if p.form() == One && p.Default == "" && !p.Required {
		all = append([]Option{{"", "none of these: as when the key is absent"}}, all...)
	}
	return all
}

// put writes an answer into a document.
func put(d *config.Document, p place, answer string) error {
	value, err := read(p.Field, answer)
	switch {
	case err != nil:
		return err
	case value != nil:
		return d.Set(p.path, value)
	}
	if _, there := d.Get(p.path); !there {
		return nil
	}
	return d.Remove(p.path)
}

// check says what the file would have against an answer.
func (t *talk) check(p place, now string) func(string) error {
	return func(answer string) error {
		draft := t.draft.Clone()
		if answer != now {
			if err := put(draft, p, answer); err != nil {
				return err
			}
		}
		v, _ := draft.Get(p.path)
		values := map[string]any{p.Name: v}
		if v == nil {
			values = nil
		}
		for _, wrong := range schema.Check(schema.Description{Fields: []schema.Field{p.Field}}, values) {
			return errors.New(wrong.Message)
		}
		return t.fault(draft, p.path)
	}
}

// table asks for the keys of a table, of one that may be absent after asking whether it is wanted.
func (t *talk) table(ctx context.Context, p place) error {
	if p.Optional {
		_, there := t.draft.Get(p.path)
		wanted, err := t.yes(ctx, p.path, p.Help+" Use it?", there)
		switch {
		case err != nil || !wanted && !there:
			return err
		case !wanted:
			return t.draft.Remove(p.path)
		case !there:
			if err := t.draft.Set(p.path, map[string]any{}); err != nil {
				return err
			}
		}
	}
	for {
		if err := t.each(ctx, p, p.Fields); err != nil {
			return err
		}
		if err := t.fault(t.draft, p.path); err == nil {
			return nil
		} else if err := t.tell(p.path + ": " + err.Error()); err != nil {
			return err
		}
	}
}

// each asks for these keys of a table, one after the other, except those that do not count with the answers before.
func (t *talk) each(ctx context.Context, p place, fields []schema.Field) error {
	for _, f := range fields {
		if !t.counts(p, f, fields) {
			continue
		}
		if err := t.field(ctx, p.below(f)); err != nil {
			return err
		}
	}
	return nil
}

// counts says whether a key of the table p is obeyed, as the draft is now.
func (t *talk) counts(p place, f schema.Field, beside []schema.Field) bool {
	table, _ := t.draft.Get(p.path)
	values, _ := table.(map[string]any)
	return f.Counts(beside, values)
}

// keys asks for the named keys of a table, and then whether the others are to be asked as well.
func (t *talk) keys(ctx context.Context, p place, first ...string) error {
	var main, others []schema.Field
	for _, name := range first {
		main = append(main, fieldOf(p.Fields, name))
	}
	for _, f := range p.Fields {
		if !slices.Contains(first, f.Name) && notAsked[generic(join(p.path, f.Name))] == "" {
			others = append(others, f)
		}
	}
	if err := t.each(ctx, p, main); err != nil || len(others) == 0 {
		return err
	}
	more, err := t.yes(ctx, join(p.path, "more"), fmt.Sprintf("Look at %s as well? What stands there is right for most.", namesOf(others)), false)
	if err != nil || !more {
		return err
	}
	return t.each(ctx, p, others)
}

func namesOf(fields []schema.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

func fieldOf(fields []schema.Field, name string) schema.Field {
	at := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == name })
	if at < 0 {
		return schema.Field{Name: name}
	}
	return fields[at]
}
