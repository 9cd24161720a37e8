package schema

import (
	"encoding/json"
	"slices"
	"strconv"
)

// JSONSchemaDraft is the draft that JSONSchema speaks.
const JSONSchemaDraft = "https://json-schema.org/draft/2020-12/schema"

// JSONSchema is the part of a JSON schema that descriptions need, for editors and for other programs. It allows all that
// Check allows; of what Check refuses, only what a JSON schema can say.
type JSONSchema struct {
	Draft       string          `json:"$schema,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type,omitempty"`
	Const       string          `json:"const,omitempty"`
	Enum        []string        `json:"enum,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`

	Minimum   *float64 `json:"minimum,omitempty"`
	Maximum   *float64 `json:"maximum,omitempty"`
	MinLength int      `json:"minLength,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`

	Items    *JSONSchema `json:"items,omitempty"`
	MinItems *int        `json:"minItems,omitempty"`
	MaxItems *int        `json:"maxItems,omitempty"`

	Properties map[string]*JSONSchema `json:"properties,omitempty"`
	Required   []string               `json:"required,omitempty"`
	// AdditionalProperties is false, or the *JSONSchema of tables by name.
	AdditionalProperties any           `json:"additionalProperties,omitempty"`
	PropertyNames        *JSONSchema   `json:"propertyNames,omitempty"`
	AllOf                []*JSONSchema `json:"allOf,omitempty"`
	If                   *JSONSchema   `json:"if,omitempty"`
	Then                 *JSONSchema   `json:"then,omitempty"`
}

// JSON is the JSON schema of a table that is described. A secret has no place in it: it never stands in a file.
func JSON(d Description) *JSONSchema { return tableSchema(d.Fields) }

func tableSchema(fields []Field) *JSONSchema {
	s := &JSONSchema{Type: "object", Properties: map[string]*JSONSchema{}, AdditionalProperties: false}
	for _, f := range fields {
		if f.Type == Secret {
			continue
		}
		s.Properties[f.Name] = f.schema()
		if f.needed() {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s
}

// needed says whether a file is wrong without the field: also a table with such a field inside.
func (f Field) needed() bool {
	if f.Type == Table && !f.Optional {
		return f.When == nil && slices.ContainsFunc(f.Fields, Field.needed)
	}
	return f.Required && f.Type != Secret && f.When == nil
}

func (f Field) schema() *JSONSchema {
	s := f.form()
	s.Description = f.conditioned()
	if f.Type == Duration && f.Min != "" && f.Max != "" {
		s.Description += " From " + f.Min + " to " + f.Max + "."
	}
	if v := f.defaulted(); v != nil {
		s.Default, _ = json.Marshal(v) // texts, numbers and lists of texts
	}
	return s
}

// duration is a time as Go writes it: 1h30m.
const duration = `^[+-]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

func (f Field) form() *JSONSchema {
	switch f.Type {
	case Text:
		return f.textSchema()
	case Bool:
		return &JSONSchema{Type: "boolean"}
	case Int:
		return &JSONSchema{Type: "integer", Minimum: limit(f.Min), Maximum: limit(f.Max)}
	case Float:
		return &JSONSchema{Type: "number", Minimum: limit(f.Min), Maximum: limit(f.Max)}
	case Duration:
		return &JSONSchema{Type: "string", Pattern: duration}
	case Texts:
		return f.list(&JSONSchema{Type: "string", Enum: f.Enum})
	case Tables:
		return f.list(tableSchema(f.Fields))
	case Table:
		return tableSchema(f.Fields)
	case Named:
		return &JSONSchema{Type: "object", AdditionalProperties: tableSchema(f.Fields)}
	case Pairs:
		return &JSONSchema{Type: "object", AdditionalProperties: &JSONSchema{Type: "string"}}
	}
	return &JSONSchema{Type: "object"}
}

// textSchema allows the empty text where it stands for none of the others.
func (f Field) textSchema() *JSONSchema {
	s := &JSONSchema{Type: "string", Enum: f.Enum}
	if f.Enum != nil && f.allowed("") == "" {
		s.Enum = append([]string{""}, f.Enum...)
	}
	if f.Required {
		s.MinLength = 1
	}
	return s
}

func (f Field) list(of *JSONSchema) *JSONSchema {
	s := &JSONSchema{Type: "array", Items: of, MinItems: count(f.Min), MaxItems: count(f.Max)}
	if one := 1; f.Required && s.MinItems == nil {
		s.MinItems = &one
	}
	return s
}

func limit(text string) *float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &n
}

func count(text string) *int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil
	}
	return &n
}
