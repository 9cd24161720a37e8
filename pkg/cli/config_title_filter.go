package cli

import (
	"slices"

	"github.com/var-project/var/pkg/config"
)

// filtering are the keys with which channels name brains and blockers.
var filtering = map[string]string{"brain": "sources", "blocker": "blockers"}

// changeFilters has the channels that are told of the old name be told of the new one.
func (t title) changeFilters(d *config.Document) error {
	for _, table := range channelTables(d) {
		if err := t.changeFilter(d, table+"."+filtering[t.group]); err != nil {
			return err
		}
	}
	return nil
}

func (t title) changeFilter(d *config.Document, path string) error {
	value, _ := d.Get(path)
	list, _ := value.([]any)
	if !slices.Contains(list, any(t.old)) {
		return nil
	}
	names := make([]string, len(list))
	for i, one := range list {
		if names[i], _ = one.(string); names[i] == t.old {
			names[i] = t.new
		}
	}
	return d.Set(path, names)
}

// channelTables are the paths of the channels that a document has.
func channelTables(d *config.Document) []string {
	all := []string{"notify.mail", "notify.syslog", "notify.audit"}
	value, _ := d.Get("notify.webhook")
	hooks, _ := value.(map[string]any)
	for name := range hooks {
		all = append(all, "notify.webhook."+name)
	}
	return all
}
