package config

import (
	"slices"

	"github.com/var-project/var/pkg/schema"
)

// CheckSettings checks a blocker's settings against what its plugin describes.
func (c *Config) CheckSettings(blocker string, d schema.Description) []Problem {
	return c.SettingsProblems(blocker, schema.Check(d, c.Blockers[blocker].Settings))
}

// SettingsProblems gives problems that were found in a blocker's settings, by the plugin itself for
// one, their place in the file.
func (c *Config) SettingsProblems(blocker string, wrong schema.Problems) []Problem {
	return c.at("blocker."+blocker+".settings", wrong)
}

// SettingsWarnings are keys of a blocker's settings that do nothing, by what its plugin describes.
func (c *Config) SettingsWarnings(blocker string, d schema.Description) []Problem {
	idle := c.SettingsProblems(blocker, schema.Idle(d, c.Blockers[blocker].Settings))
	for i := range idle {
		idle[i].Warning = true
	}
	return idle
}

// Problem gives what was found wrong with a key its place in the file.
func (c *Config) Problem(path, text string) Problem {
	return c.at("", schema.Problems{{Path: path, Message: text}})[0]
}

// Authorities are the files of certificates that a blocker's settings name, sorted. What is in them belongs to how the
// blocker is configured.
func (b Blocker) Authorities() []string {
	var paths []string
	edited(b.Settings, func(table map[string]any) {
		if path, ok := table[authorityKey].(string); ok && path != "" {
			paths = append(paths, path)
		}
	})
	slices.Sort(paths)
	return slices.Compact(paths)
}

// authorityKey is the one key that every plugin has for a file.
const authorityKey = "ca_file"
