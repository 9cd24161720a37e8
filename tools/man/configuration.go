package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

const synopsis = `# NAME

var.toml - configuration of var

# SYNOPSIS

**./config.toml**, **/etc/var/config.toml**, or what **--config** names

# DESCRIPTION

The file is TOML. **var config** asks for all of it, **var config set** changes single values, and **var config check** tells
everything that is wrong with it. Unknown keys are mistakes. A relative path starts at the folder of the file. Durations are
written as "90s", "10m" or "1h30m". Secrets never stand in the file: **var secret set** stores them, or a service manager hands
them over as credentials.
`

const epilogue = `
# FILES

**/usr/share/doc/var/config.example.toml** has every key with its default.

# SEE ALSO

**var(1)**, **var-config(1)**, **var-secret(1)**
`

// configurationPage has every key of the file, a section for each table.
func configurationPage(version string, made time.Time) (string, error) {
	d, err := config.Describe()
	if err != nil {
		return "", err
	}
	var page strings.Builder
	fmt.Fprintf(&page, "%% \"VAR.TOML\" \"5\" %q %q %q\n%s", made.Format("Jan 2006"), "var "+version, manual, synopsis)
	var top []schema.Field
	for _, f := range d.Fields {
		if len(f.Fields) == 0 {
			top = append(top, f)
		}
	}
	writeKeys(&page, "AT THE TOP", schema.Field{Fields: top})
	for _, f := range d.Fields {
		if len(f.Fields) > 0 {
			writeKeys(&page, "["+header(f)+"]", f)
		}
	}
	page.WriteString(epilogue)
	return page.String(), nil
}

func header(f schema.Field) string {
	if f.Type == schema.Named {
		return f.Name + ".NAME"
	}
	return f.Name
}

// writeKeys writes a section: what may stand in a table.
func writeKeys(page *strings.Builder, title string, f schema.Field) {
	fmt.Fprintf(page, "\n# %s\n\n", escape(title))
	if f.Help != "" {
		page.WriteString(escape(f.Help) + "\n\n")
	}
	for _, row := range schema.Keys(schema.Description{Fields: f.Fields}) {
		path, kind, origin, meaning := row[0], row[1], row[2], row[3]
		if origin != "" {
			origin = "; default: " + origin
		}
		fmt.Fprintf(page, "**%s** (%s%s)\n:   %s\n\n", escape(path), escape(kind), escape(origin), escape(meaning))
	}
}

// escape keeps what Markdown would take for its own, outside of quoted code.
func escape(text string) string {
	marks := strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "|", `\|`, "\n", " ")
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = marks.Replace(parts[i])
		}
	}
	return strings.Join(parts, "`")
}
