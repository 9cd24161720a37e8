package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// described tells what may stand at a path that begins as another one does.
type described func(at tomltext.Path) (schema.Field, bool)

// describedFor is of the file's own keys, or of the settings of the blocker that a path leads into.
func describedFor(at tomltext.Path, settings func(blocker string) (schema.Description, bool)) described {
	if !inSettings(at) {
		return func(at tomltext.Path) (schema.Field, bool) { return field(description().Fields, at) }
	}
	theirs, known := settings(at[1].Key)
	return func(at tomltext.Path) (schema.Field, bool) {
		if !known || !inSettings(at) {
			return schema.Field{}, false
		}
		return field(theirs.Fields, at[3:])
	}
}

// inBrackets refuses a path that has the place in an array behind a dot, as other programs write it, or leaves it out, and
// says how it is written.
func (d *Document) inBrackets(at tomltext.Path, what described) error {
	for i := 1; i < len(at); i++ {
		if at[i].Element || !d.isArray(at[:i], what) {
			continue
		}
		right := d.withPlace(at, i)
		return fmt.Errorf("%s: %s is an array, and the place in one stands in brackets: write '%s'", at, at[:i], right)
	}
	return nil
}

func (d *Document) isArray(at tomltext.Path, what described) bool {
	if v, there := d.text.Get(at); there {
		_, is := v.([]any)
		return is
	}
	f, _ := what(at)
	return f.Type == schema.Tables || f.Type == schema.Texts
}

// withPlace has the step i be a place: the number that it is, that of the table which it names, else the first.
func (d *Document) withPlace(at tomltext.Path, i int) tomltext.Path {
	n, err := strconv.ParseUint(at[i].Key, 10, 16)
	if err == nil {
		return slices.Concat(at[:i], tomltext.Path{{Index: int(n), Element: true}}, at[i+1:])
	}
	if n := d.rowNamed(at[:i], at[i].Key); n >= 0 {
		return slices.Concat(at[:i], tomltext.Path{{Index: n, Element: true}}, at[i+1:])
	}
	return slices.Concat(at[:i], tomltext.Path{{Element: true}}, at[i:])
}

// rowNamed is the place of the table of this name in an array; -1 is none.
func (d *Document) rowNamed(array tomltext.Path, name string) int {
	v, _ := d.text.Get(array)
	rows, _ := v.([]any)
	return slices.IndexFunc(rows, func(row any) bool {
		table, _ := row.(map[string]any)
		return table["name"] == name
	})
}

// Stranger says that a path leads into a table by a name that the document does not have, and which of those beside it
// was probably meant: "there is no blocker.edg; did you mean "edge"?". It is empty where none is like it.
func (d *Document) Stranger(path string) string {
	at, err := tomltext.ParsePath(path)
	if err != nil {
		return ""
	}
	missing, near := d.nearest(at)
	if near == "" || len(missing) < 2 {
		return ""
	}
	if f, _ := field(description().Fields, missing[:len(missing)-1]); f.Type != schema.Named {
		return ""
	}
	return absence(missing, near)
}

// nearest is the first part of a path that the document does not have, and the name beside it that is most like its end.
func (d *Document) nearest(at tomltext.Path) (missing tomltext.Path, near string) {
	for i := range at {
		if _, there := d.text.Get(at[:i+1]); there {
			continue
		}
		beside, _ := d.text.Get(at[:i])
		table, _ := beside.(map[string]any)
		return at[:i+1], schema.Nearest(at[i].Key, slices.Sorted(maps.Keys(table)))
	}
	return nil, ""
}

// lacks says that the document has nothing at a path, and what may have been meant.
func (d *Document) lacks(at tomltext.Path) error {
	missing, near := d.nearest(at)
	if missing == nil {
		return nil
	}
	if err := d.inBrackets(at, func(tomltext.Path) (schema.Field, bool) { return schema.Field{}, false }); err != nil {
		return err
	}
	return errors.New(absence(missing, near))
}

func absence(at tomltext.Path, near string) string {
	text := fmt.Sprintf("there is no %s", at)
	if near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return text
}
