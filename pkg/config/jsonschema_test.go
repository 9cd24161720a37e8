package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// resolved is the schema as a program of somebody else reads it.
func resolved(t *testing.T, plugins map[string]schema.Description) *jsonschema.Resolved {
	t.Helper()
	ours, err := JSONSchema(plugins)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(ours)
	if err != nil {
		t.Fatal(err)
	}
	var theirs jsonschema.Schema
	if err := json.Unmarshal(text, &theirs); err != nil {
		t.Fatal(err)
	}
	r, err := theirs.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// asJSON is a file as a validator of JSON sees it.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	values := map[string]any{}
	if _, err := toml.Decode(text, &values); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheSchemaAllowsWhatIsRight(t *testing.T) {
	r := resolved(t, nil)
	asItIs, complete := example(t)
	shown, err := mustParse(t, complete).Show()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"the example":             chosen(asItIs),
		"the complete example":    complete,
		"the least":               least,
		"the configuration shown": shown,
	} {
		if err := r.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// beyond are the mistakes that a JSON schema cannot tell: they concern several keys, or the form of a text.
var beyond = []string{
	"auth", "blocker", "empty", "groups", "labels", "marks", "names-alike", "nothing-to-do", "notify-auth", "scores", "state-password",
	"state-relative", "state", "static", "tags",
}

func TestTheSchemaRefusesWhatIsWrong(t *testing.T) {
	r := resolved(t, nil)
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tomltext.Parse(text); err != nil {
			continue
		}
		if err := r.Validate(asJSON(t, string(text))); (err == nil) != slices.Contains(beyond, name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Whatever the check of single keys refuses in one value, the schema refuses too.
func TestTheSchemaKnowsEveryBound(t *testing.T) {
	r := resolved(t, nil)
	d, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[schema.Type]any{
		schema.Text: 7, schema.Bool: "yes", schema.Int: "7", schema.Float: "7", schema.Duration: "soon", schema.Texts: "x", schema.Free: "x",
	}
	kinds := map[string]schema.Field{}
	collectFields("", d.Fields, kinds)
	for _, path := range slices.Sorted(maps.Keys(kinds)) {
		values := asJSON(t, least).(map[string]any)
		put(values, strings.Split(path, "."), wrong[kinds[path].Type])
		if err := r.Validate(values); err == nil {
			t.Errorf("%s may be %v", path, wrong[kinds[path].Type])
		}
	}
	if len(kinds) < 60 {
		t.Errorf("only %d keys were tried", len(kinds))
	}
}

func collectFields(prefix string, fields []schema.Field, into map[string]schema.Field) {
	names := map[string]string{"brain": "hq", "blocker": "edge", "webhook": "chat"}
	for _, f := range fields {
		path := join(prefix, f.Name)
		switch f.Type {
		case schema.Table:
			collectFields(path, f.Fields, into)
		case schema.Named:
			collectFields(join(path, names[f.Name]), f.Fields, into)
		default:
			into[path] = f
		}
	}
}

func put(values map[string]any, path []string, v any) {
	for _, key := range path[:len(path)-1] {
		if _, ok := values[key].(map[string]any); !ok {
			values[key] = map[string]any{}
		}
		values = values[key].(map[string]any)
	}
	values[path[len(path)-1]] = v
}

func TestTheSchemaKnowsTheSettingsOfPlugins(t *testing.T) {
	d, err := schema.Of[pluginSettings]()
	if err != nil {
		t.Fatal(err)
	}
	r := resolved(t, map[string]schema.Description{"fortigate": d})
	const device = "[[blocker.edge.settings.device]]\nname = \"fw1\"\nurl = \"x\"\n"
	tests := map[string]struct {
		text string
		ok   bool
	}{
		"all that it needs":       {least + "[blocker.edge.settings]\ngroup = \"g\"\n" + device, true},
		"no settings":             {least, false},
		"a key is missing":        {least + device, false},
		"an unknown key":          {least + "[blocker.edge.settings]\ngroup = \"g\"\nmodee = \"feed\"\n" + device, false},
		"a value that is none":    {least + "[blocker.edge.settings]\ngroup = \"g\"\nmode = \"fed\"\n" + device, false},
		"a value that is empty":   {least + "[blocker.edge.settings]\ngroup = \"g\"\nmode = \"\"\n" + device, true},
		"no device":               {least + "[blocker.edge.settings]\ngroup = \"g\"\ndevice = []\n", false},
		"settings of another one": {strings.ReplaceAll(least, "fortigate", "mine") + "[blocker.edge.settings]\nx = 1\n", true},
	}
	for name, tt := range tests {
		if err := r.Validate(asJSON(t, tt.text)); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
