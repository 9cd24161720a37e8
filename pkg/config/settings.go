package config

import "github.com/var-project/var/pkg/schema"

// CheckSettings checks a blocker's settings against what its plugin describes.
func (c *Config) CheckSettings(blocker string, d schema.Description) []Problem {
	return c.SettingsProblems(blocker, schema.Check(d, c.Blockers[blocker].Settings))
}

// SettingsProblems gives problems that were found in a blocker's settings, by the plugin itself for
// one, their place in the file.
func (c *Config) SettingsProblems(blocker string, wrong schema.Problems) []Problem {
	return c.at("blocker."+blocker+".settings", wrong)
}
