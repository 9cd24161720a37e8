package config

import (
	"bytes"
	"fmt"

	"github.com/BurntSushi/toml"

	"github.com/var-project/var/pkg/secret"
)

// Show is the configuration as it is obeyed, defaults included, as TOML that can be loaded again.
// Values in a plugin's settings whose key sounds like a secret are redacted: only the plugin
// knows whether they are.
func (c *Config) Show() (string, error) {
	shown := *c
	shown.Blockers = map[string]Blocker{}
	for name, b := range c.Blockers {
		b.Settings = redacted(b.Settings)
		shown.Blockers[name] = b
	}
	var out bytes.Buffer
	e := toml.NewEncoder(&out)
	e.Indent = ""
	if err := e.Encode(shown); err != nil {
		return "", fmt.Errorf("show the configuration: %w", err)
	}
	return out.String(), nil
}

func redacted(settings map[string]any) map[string]any {
	return edited(settings, func(table map[string]any) {
		for key, v := range table {
			if secretKey.MatchString(key) {
				table[key] = hidden(v)
			}
		}
	})
}

// hidden leaves what can be no secret: switches and numbers.
func hidden(v any) any {
	switch v.(type) {
	case bool, int64, float64:
		return v
	}
	return secret.Redacted
}
