package config

import (
	"maps"
	"slices"

	"github.com/var-project/var/pkg/schema"
)

// JSONSchema is the schema of the configuration file for editors. The settings of a blocker are those of its plugin, where
// it is among plugins.
func JSONSchema(plugins map[string]schema.Description) (*schema.JSONSchema, error) {
	d, err := Describe()
	if err != nil {
		return nil, err
	}
	s := schema.JSON(d)
	s.Draft, s.Title = schema.JSONSchemaDraft, "Configuration of var"
	name := &schema.JSONSchema{Pattern: namePattern.String()}
	for _, named := range []*schema.JSONSchema{s.Properties["brain"], s.Properties["blocker"], s.Properties["notify"].Properties["webhook"]} {
		named.PropertyNames = name
	}
	blocker, _ := s.Properties["blocker"].AdditionalProperties.(*schema.JSONSchema)
	for _, plugin := range slices.Sorted(maps.Keys(plugins)) {
		blocker.AllOf = append(blocker.AllOf, ofPlugin(plugin, plugins[plugin]))
	}
	return s, nil
}

// ofPlugin says what settings a blocker has when its plugin is this one.
func ofPlugin(plugin string, d schema.Description) *schema.JSONSchema {
	settings := schema.JSON(d)
	then := &schema.JSONSchema{Properties: map[string]*schema.JSONSchema{settingsKey: settings}}
	if len(settings.Required) > 0 {
		then.Required = []string{settingsKey}
	}
	return &schema.JSONSchema{
		If: &schema.JSONSchema{
			Properties: map[string]*schema.JSONSchema{"plugin": {Const: plugin}}, Required: []string{"plugin"},
		},
		Then: then,
	}
}
