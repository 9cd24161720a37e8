package schema

import (
	"fmt"
	"strings"
)

// Reference is a Markdown table of every key, for a manual.
func Reference(d Description) string {
	var b strings.Builder
	b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
	for _, row := range Keys(d) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", row[0], cell(row[1]), cell(row[2]), cell(row[3]))
	}
	return b.String()
}

// Keys are a row for every key: its path, what may stand there, its default, and what it means.
func Keys(d Description) [][]string { return rows("", d.Fields) }

func rows(prefix string, fields []Field) [][]string {
	var all [][]string
	for _, f := range fields {
		path := shown(join(prefix, f.Name), f)
		all = append(all, []string{path, f.kind(), f.origin(), f.meaning()})
		all = append(all, rows(path, f.Fields)...)
	}
	return all
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

func (f Field) meaning() string {
	help := f.conditioned()
	if f.Former == nil {
		return help
	}
	return strings.TrimSpace(help + " Also read from `" + strings.Join(f.Former, "`, `") + "`, where a predecessor had it.")
}

// conditioned is what a field means, with when it counts.
func (f Field) conditioned() string {
	if f.When == nil {
		return f.Help
	}
	return strings.TrimSpace(f.Help + " Counts only with " + f.When.String() + ".")
}

// cell keeps a text from ending its cell or row.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
