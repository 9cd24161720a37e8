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
