package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

type keySettings struct {
	Mode   string            `toml:"mode"`
	Groups []string          `toml:"groups" enum:"a,b"`
	Tags   map[string]string `toml:"tags"`
	Device []struct {
		Name  string        `toml:"name" required:"true"`
		Port  int           `toml:"port"`
		Token secret.String `toml:"token"`
	} `toml:"device"`
}

func TestKeyKnowsWhatMayStandThere(t *testing.T) {
	theirs, err := schema.Of[keySettings]()
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDocument("c", []byte("[blocker.edge]\nplugin = \"x\"\n[[blocker.edge.settings.device]]\nname = \"fw1\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	settings := func(blocker string) (schema.Description, bool) { return theirs, blocker == "edge" }
	tests := map[string]struct {
		want    schema.Type
		secret  string
		suspect bool
	}{
		"run.interval":                             {schema.Duration, "run.interval", false},
		"hosts.score":                              {schema.Table, "hosts.score", false},
		"hosts.score.threat":                       {schema.Int, "hosts.score.threat", false},
		"brain":                                    {schema.Named, "brain", false},
		"brain.hq":                                 {schema.Table, "brain.hq", false},
		"brain.hq.rate":                            {schema.Float, "brain.hq.rate", false},
		"brain.hq.token":                           {schema.Secret, "brain.hq.token", true},
		"brain.hq.tokens":                          {"", "brain.hq.tokens", false},
		"brain[0].url":                             {"", "brain.NAME.url", false},
		"blocker.edge.kinds[1]":                    {schema.Text, "blocker.edge.kinds.NAME", false},
		"blocker.edge.settings":                    {schema.Free, "blocker.edge.settings", false},
		"blocker.edge.settings.groups":             {schema.Texts, "blocker.edge.groups", false},
		"blocker.edge.settings.tags.a":             {schema.Text, "blocker.edge.tags.a", false},
		"blocker.edge.settings.device[0].port":     {schema.Int, "blocker.edge.device.fw1.port", false},
		"blocker.edge.settings.device[0].token":    {schema.Secret, "blocker.edge.device.fw1.token", true},
		"blocker.edge.settings.device[1].token":    {schema.Secret, "blocker.edge.device.NAME.token", true},
		"blocker.edge.settings.device[0].password": {"", "blocker.edge.device.fw1.password", true},
		"blocker.other.settings.api_token":         {"", "blocker.other.api_token", true},
		"blocker.other.settings.mode":              {"", "blocker.other.mode", false},
	}
	for path, tt := range tests {
		k, err := d.Key(path, settings)
		if err != nil || k.Field.Type != tt.want || k.Known != (tt.want != "") || k.Secret != tt.secret || k.Suspect() != tt.suspect {
			t.Errorf("%s: got %+v, %v", path, k, err)
		}
	}
}

func TestKeyReadsWhatAPersonWrites(t *testing.T) {
	tests := map[string]struct {
		of   schema.Type
		text string
		want any
	}{
		"a text that looks like a number": {schema.Text, "12", "12"},
		"a number":                        {schema.Int, "12", int64(12)},
		"no number":                       {schema.Int, "twelve", "twelve"},
		"a switch":                        {schema.Bool, "true", true},
		"a duration":                      {schema.Duration, "5m", "5m"},
		"commas":                          {schema.Texts, " a, b ,,c", []string{"a", "b", "c"}},
		"TOML":                            {schema.Texts, `["a, b", 'c']`, []string{"a, b", "c"}},
		"an empty list":                   {schema.Texts, "", []string{}},
		"a table":                         {schema.Table, "{ a = 1 }", map[string]any{"a": int64(1)}},
		"what nobody knows":               {"", "false", false},
		"a text that nobody knows":        {"", "plain text", "plain text"},
		"no second key":                   {"", "1\nx = 2", "1\nx = 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Key{Path: "k", Known: tt.of != "", Field: schema.Field{Type: tt.of}}.Read(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
	for _, text := range []string{"80", "a = 1", ""} {
		k := Key{Path: "k", Known: true, Field: schema.Field{Type: schema.Table}}
		if v, err := k.Read(text); err == nil && text != "80" {
			t.Errorf("%q is read as %v", text, v)
		}
	}
}
