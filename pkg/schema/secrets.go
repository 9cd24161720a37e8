package schema

import "github.com/var-project/var/pkg/secret"

// Wanted is a secret that settings ask for.
type Wanted struct {
	// Name is relative to what the settings belong to: "device.fw1.token".
	Name     string `json:"name"`
	Help     string `json:"help,omitempty"`
	Optional bool   `json:"optional,omitempty"`
	// Former are environment variables in which a predecessor may have it.
	Former []string `json:"former,omitempty"`
}

// Secrets lists the secrets that these values ask for, in the order of the description. A secret
// inside a table bears the table's key, and of several tables the name of its own.
func Secrets(d Description, values map[string]any) []Wanted {
	return wanted("", d.Fields, values)
}

func wanted(prefix string, fields []Field, values map[string]any) []Wanted {
	var all []Wanted
	for _, f := range fields {
		if !f.Counts(fields, values) {
			continue
		}
		path, v := join(prefix, f.Name), values[f.Name]
		switch f.Type {
		case Secret:
			all = append(all, Wanted{path, f.Help, f.Optional, f.former(fields, values)})
		case Table:
			if t, _ := v.(map[string]any); t != nil || !f.Optional {
				all = append(all, wanted(path, f.Fields, t)...)
			}
		case Tables:
			all = append(all, wantedOfTables(path, f, v)...)
		case Named:
			ts, _ := named(v)
			for _, name := range sortedKeys(ts) {
				all = append(all, wanted(join(path, name), f.Fields, ts[name])...)
			}
		}
	}
	return all
}

func wantedOfTables(path string, f Field, v any) []Wanted {
	var all []Wanted
	ts, _ := tables(v)
	for _, t := range ts {
		if name, _ := t[identity].(string); name != "" {
			all = append(all, wanted(join(path, name), f.Fields, t)...)
		}
	}
	return all
}

// Missing lists the names of the secrets that must be there and are not.
func Missing(d Description, values map[string]any, secrets map[string]secret.String) []string {
	var names []string
	for _, w := range Secrets(d, values) {
		if s := secrets[w.Name]; !w.Optional && s.Empty() {
			names = append(names, w.Name)
		}
	}
	return names
}
