// Package schema turns the tags of a settings struct into a description that
// can cross to another process, checks values from a file against it, and
// fills the struct with them.
//
// Tags: `toml:"name" help:"sentence" default:"text" required:"true"
// optional:"true" enum:"a,b" min:"1" max:"10" format:"url" former:"{url}_Key" when:"mode=a,b"`. An embedded struct's fields
// stand among those of its parent. A pointer is nil when the file has no value.
package schema

import "strings"

// Type says how a value is written. Types are texts on the wire.
type Type string

// The types of values.
const (
	Text     Type = "text"
	Bool     Type = "bool"
	Int      Type = "int"
	Float    Type = "float"
	Duration Type = "duration"
	// Texts is an array of texts, Pairs a table of texts by name.
	Texts Type = "texts"
	Pairs Type = "pairs"
	// Secret never stands in a file; see Secrets.
	Secret Type = "secret"
	// Table holds Fields; Tables is an array of such tables, Named a table of them by name.
	Table  Type = "table"
	Tables Type = "tables"
	Named  Type = "named"
	// Free is a table that somebody else checks.
	Free Type = "free"
)

// Field describes one key.
type Field struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Help is a sentence.
	Help string `json:"help,omitempty"`
	// Default is the value as text when the file has none; of texts, parted by commas.
	Default string `json:"default,omitempty"`
	// Required: the key must be there and not empty.
	Required bool `json:"required,omitempty"`
	// Optional: the secret may be missing, or the table may be absent as a whole.
	Optional bool `json:"optional,omitempty"`
	// Enum lists the texts that are allowed; any when empty.
	Enum []string `json:"enum,omitempty"`
	// Min and Max bound a number or duration, or how many texts or tables there are; empty is no bound.
	Min string `json:"min,omitempty"`
	Max string `json:"max,omitempty"`
	// Format says that a text is the name of an end on the network: FormatURL or FormatHost; else empty.
	Format string `json:"format,omitempty"`
	// Former are environment variables under which a predecessor had the secret, parted by commas in the tag; "{url}"
	// in one is what the key url beside it says, "{url.host}" the host in it.
	Former []string `json:"former,omitempty"`
	// When is the condition under which the key counts; nil: always.
	When *When `json:"when,omitempty"`
	// Fields are those of a table.
	Fields []Field `json:"fields,omitempty"`
}

// Description is what a settings struct asks for.
type Description struct {
	Fields []Field `json:"fields"`
}

// identity is the key that tells the tables of an array apart.
const identity = "name"

// Problem is one thing that is wrong with values, and where: "device[0].url".
// Path is empty when it is no single key's fault.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Problems are an error.
type Problems []Problem

// Error gives all problems, a line each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

func find(fields []Field, name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
