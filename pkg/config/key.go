package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// settingsKey is the table of a blocker whose keys are its plugin's.
const settingsKey = "settings"

// Key is one key of a document, with what may stand there.
type Key struct {
	Path string
	// Field describes it; Known says that there is such a key. Nobody knows what may stand in the settings of a plugin
	// that was not asked.
	Field schema.Field
	Known bool
	// Blocker is the one whose settings it is in, else empty.
	Blocker string
	// Secret is what a secret at this place is called: "blocker.edge.device.fw1.token".
	Secret string
}

// Key finds what may stand at a path. settings describes those of a blocker's plugin, or answers false.
func (d *Document) Key(path string, settings func(blocker string) (schema.Description, bool)) (Key, error) {
	at, err := tomltext.ParsePath(path)
	if err != nil {
		return Key{}, err
	}
	what := describedFor(at, settings)
	if err := d.inBrackets(at, what); err != nil {
		return Key{}, err
	}
	k := Key{Path: path, Secret: d.secretName(at)}
	if inSettings(at) {
		k.Blocker = at[1].Key
	}
	k.Field, k.Known = what(at)
	return k, nil
}

func inSettings(at tomltext.Path) bool {
	return len(at) > 3 && at[0].Key == "blocker" && at[2].Key == settingsKey
}

// field follows a path through the tables that are described.
func field(fields []schema.Field, at tomltext.Path) (schema.Field, bool) {
	i := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == at[0].Key })
	if i < 0 || at[0].Element {
		return schema.Field{}, false
	}
	f, rest := fields[i], at[1:]
	switch f.Type {
	case schema.Tables, schema.Named:
		if len(rest) > 0 && rest[0].Element == (f.Type == schema.Tables) {
			f, rest = schema.Field{Name: f.Name, Type: schema.Table, Help: f.Help, Fields: f.Fields}, rest[1:]
		}
	case schema.Texts, schema.Pairs:
		if len(rest) == 1 && rest[0].Element == (f.Type == schema.Texts) {
			return schema.Field{Name: f.Name, Type: schema.Text, Help: f.Help, Enum: f.Enum}, true
		}
	}
	if len(rest) == 0 {
		return f, true
	}
	return field(f.Fields, rest)
}

// secretName leaves out settings, and calls the tables of an array by their names.
func (d *Document) secretName(at tomltext.Path) string {
	var parts []string
	for i, s := range at {
		switch {
		case s.Element:
			name, _ := d.text.Get(slices.Concat(at[:i+1], tomltext.Path{{Key: "name"}}))
			if text, _ := name.(string); text != "" {
				parts = append(parts, text)
			} else {
				parts = append(parts, "NAME")
			}
		case i != 2 || !inSettings(at):
			parts = append(parts, s.Key)
		}
	}
	return strings.Join(parts, ".")
}

// Suspect says that a value here is likely to be a secret, as far as the key's name tells.
func (k Key) Suspect() bool {
	if k.Known {
		return k.Field.Type == schema.Secret
	}
	return k.Blocker != "" && secretKey.MatchString(k.Path[strings.LastIndexByte(k.Path, '.')+1:])
}

// Read makes a value for Document.Set of the text that a person gave: a list is parted by commas or written as TOML, a
// table is written as TOML. What fits badly is left to the check of the configuration.
func (k Key) Read(text string) (any, error) {
	switch k.Field.Type {
	case schema.Texts:
		return list(text)
	case schema.Text, schema.Duration:
		return text, nil
	}
	v, err := written(text)
	switch {
	case err == nil:
		return v, nil
	case k.isTable():
		return nil, errors.New(`is a table: write it as TOML, such as { key = "text", other = 1 }, or set its keys one by one`)
	}
	return text, nil
}

func (k Key) isTable() bool {
	switch k.Field.Type {
	case schema.Table, schema.Tables, schema.Named, schema.Free, schema.Pairs:
		return true
	}
	return false
}

func list(text string) ([]string, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		var one struct{ V []string }
		_, err := toml.Decode("V = "+text, &one)
		if err != nil {
			return nil, fmt.Errorf("not a list of texts: %w", err)
		}
		return one.V, nil
	}
	all := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all, nil
}

// written reads a value as TOML writes it.
func written(text string) (any, error) {
	one := map[string]any{}
	if _, err := toml.Decode("v = "+text, &one); err != nil || len(one) != 1 {
		return nil, fmt.Errorf("%s is not TOML", shown(text))
	}
	return one["v"], nil
}
