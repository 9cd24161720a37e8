package main

import (
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

const configurationIntro = `# Configuration

var reads ` + "`config.toml`" + ` in the present folder, else ` + "`/etc/var/config.toml`" + `, else the file that ` + "`--config`" + ` names. It is
[TOML](https://toml.io). ` + "[`config.example.toml`](../../config.example.toml)" + ` has every key with its default.

` + "`var config`" + ` asks for all of it, ` + "`var config set`" + ` changes single values, ` + "`var config check`" + ` tells everything that is wrong
with file, line and cure, and ` + "`var config schema`" + ` prints the same as a JSON schema for editors. Unknown keys are mistakes.
A relative path starts at the folder of the file. Durations are written as "90s", "10m" or "1h30m".
`

// configurationPage shows every key of the file, a section for each table.
func configurationPage() (string, error) {
	d, err := config.Describe()
	if err != nil {
		return "", err
	}
	var page strings.Builder
	page.WriteString(note + configurationIntro)
	var top []schema.Field
	for _, f := range d.Fields {
		if len(f.Fields) == 0 {
			top = append(top, f)
		}
	}
	writeTable(&page, "At the top", schema.Field{Fields: top})
	for _, f := range d.Fields {
		if len(f.Fields) > 0 {
			writeTable(&page, "`["+header(f)+"]`", f)
		}
	}
	return page.String(), nil
}

func header(f schema.Field) string {
	if f.Type == schema.Named {
		return f.Name + ".NAME"
	}
	return f.Name
}

func writeTable(page *strings.Builder, title string, f schema.Field) {
	fmt.Fprintf(page, "\n## %s\n\n", title)
	if f.Help != "" {
		page.WriteString(f.Help + "\n\n")
	}
	page.WriteString(schema.Reference(schema.Description{Fields: f.Fields}))
	if f.Name == "brain" {
		writeSecrets(page)
	}
}

// writeSecrets names the secrets that belong to a brain: they never stand in the file.
func writeSecrets(page *strings.Builder) {
	page.WriteString("\nSecrets never stand in the file; `var secret set` stores them:\n\n")
	for _, auth := range []string{"oauth", "token"} {
		names := config.Brain{Auth: auth}.Secrets("NAME")
		fmt.Fprintf(page, "- with `auth = \"%s\"`: `%s`\n", auth, strings.Join(names, "`, `"))
	}
}
