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
	writeSecrets(page, f.Name)
}

// writeSecrets names the secrets that belong to what a table describes: they never stand in the file.
func writeSecrets(page *strings.Builder, table string) {
	secrets := secretsOf(table)
	if len(secrets) == 0 {
		return
	}
	page.WriteString("\nSecrets never stand in the file; `var secret set` stores them:\n\n")
	for _, one := range secrets {
		fmt.Fprintf(page, "- %s\n", one)
	}
}

func secretsOf(table string) []string {
	switch table {
	case "brain":
		return []string{ofBrain("oauth"), ofBrain("token")}
	case "notify":
		return []string{
			fmt.Sprintf("of mail with a `user`: `%s`", config.MailPassword),
			fmt.Sprintf("of a webhook without `url`: `%s`", config.WebhookURL("NAME")),
			fmt.Sprintf("of a webhook whose receiver wants a bearer token: `%s`", config.WebhookToken("NAME")),
		}
	}
	return nil
}

func ofBrain(auth string) string {
	names := config.Brain{Auth: auth}.Secrets("NAME")
	return fmt.Sprintf("with `auth = \"%s\"`: `%s`", auth, strings.Join(names, "`, `"))
}
