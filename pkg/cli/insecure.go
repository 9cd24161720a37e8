package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/config"
)

// insecureKey is the key by which every end stops asking for certificates.
const insecureKey = "insecure_skip_verify"

// insecure lists the places in the configuration where certificates are not verified.
func insecure(c *config.Config) []string {
	var places []string
	for _, name := range slices.Sorted(maps.Keys(c.Brains)) {
		if c.Brains[name].InsecureSkipVerify {
			places = append(places, "brain."+name+"."+insecureKey)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Blockers)) {
		places = append(places, insecureIn("blocker."+name+".settings", c.Blockers[name].Settings)...)
	}
	return append(places, insecureChannels(c.Notify)...)
}

// insecureChannels are those that are used and would tell anybody who answers in the place of the other end.
func insecureChannels(n config.Notify) []string {
	var places []string
	add := func(channel string, enabled bool, t config.TLS) {
		if enabled && t.InsecureSkipVerify {
			places = append(places, "notify."+channel+"."+insecureKey)
		}
	}
	if n.Mail != nil {
		add("mail", n.Mail.Enabled, n.Mail.TLS)
	}
	if n.Syslog != nil {
		add("syslog", n.Syslog.Enabled, n.Syslog.TLS)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Webhook)) {
		add(config.WebhookChannel(name), n.Webhook[name].Enabled, n.Webhook[name].TLS)
	}
	return places
}

// insecureIn walks a plugin's settings, whose other keys the core does not know.
func insecureIn(path string, v any) []string {
	var places []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			places = append(places, insecureIn(path+"."+key, v[key])...)
		}
		if on, _ := v[insecureKey].(bool); on {
			places = append(places, path+"."+insecureKey)
		}
	case []map[string]any:
		for i, table := range v {
			places = append(places, insecureIn(fmt.Sprintf("%s[%d]", path, i), table)...)
		}
	case []any:
		for i, one := range v {
			places = append(places, insecureIn(fmt.Sprintf("%s[%d]", path, i), one)...)
		}
	}
	return places
}
