package schema

import (
	"fmt"
	"strings"
)

// Reference is a Markdown table of every key, for a manual.
func Reference(d Description) string {
	var b strings.Builder
	b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
	rows(&b, "", d.Fields)
	return b.String()
}

func rows(b *strings.Builder, prefix string, fields []Field) {
	for _, f := range fields {
		path := join(prefix, f.Name)
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", shown(path, f), cell(f.kind()), cell(f.origin()), cell(f.Help))
		rows(b, shown(path, f), f.Fields)
	}
}

func shown(path string, f Field) string {
	switch f.Type {
	case Tables:
		return path + "[]"
	case Named:
		return path + ".<name>"
	}
	return path
}

func (f Field) kind() string {
	if f.Type == Secret {
		return "secret"
	}
	text := f.Type.words()
	if f.Enum != nil {
		text = "one of `" + strings.Join(f.Enum, "`, `") + "`"
	}
	switch {
	case f.Min != "" && f.Max != "":
		return text + ", " + f.Min + " to " + f.Max
	case f.Min != "":
		return text + ", at least " + f.Min
	case f.Max != "":
		return text + ", at most " + f.Max
	}
	return text
}

func (f Field) origin() string {
	switch {
	case f.Default != "":
		return "`" + f.Default + "`"
	case f.Required, f.Type == Secret && !f.Optional:
		return "must be set"
	}
	return ""
}

// cell keeps a text from ending its cell or row.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
