package blocker

import "github.com/var-project/var/pkg/schema"

// Reference is a Markdown table of the settings of S, for the plugin's page.
func Reference[S any]() (string, error) {
	d, err := schema.Of[S]()
	return schema.Reference(d), err
}
