package config

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// kindLimit are the keys of the tables [gate.hosts] and so on.
var kindLimit = regexp.MustCompile(`^gate\.\w+\.`)

var optionalKey = regexp.MustCompile(`(?m)^#([a-z_]+ = |\[notify)`)

// example gives the text of config.example.toml and its optional keys switched on.
func example(t *testing.T) (asItIs, complete string) {
	t.Helper()
	text, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text), optionalKey.ReplaceAllString(string(text), "$1")
}

// chosen is the example with what must be chosen switched on.
func chosen(asItIs string) string {
	return strings.NewReplacer("#url = \"https://brain", "url = \"https://brain", "#plugin =", "plugin =").Replace(asItIs)
}

// lines gives the line of each key of a text.
func lines(t *testing.T, text string) map[string]int {
	t.Helper()
	read, err := tomltext.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return read.Lines()
}

func TestExampleShowsEveryKeyAndNoOther(t *testing.T) {
	_, complete := example(t)
	mustParse(t, complete)
	d, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	inExample := lines(t, complete)
	for _, key := range keysOf("", d.Fields) {
		if inExample[key] == 0 {
			t.Errorf("%s is not in the example", key)
		}
	}
}

func TestExampleShowsTheDefaults(t *testing.T) {
	asItIs, _ := example(t)
	places := lines(t, asItIs)
	want := mustParse(t, least)
	got := mustParse(t, chosen(asItIs))
	shownWant, _ := want.Show()
	shownGot, _ := got.Show()
	if d := cmp.Diff(shownWant, shownGot); d != "" {
		t.Errorf("the example (+) is not the defaults (-):\n%s", d)
	}
	d, _ := Describe()
	for _, f := range d.Fields {
		if f.Default != "" && places[f.Name] == 0 {
			t.Errorf("%s has a default and is commented out", f.Name)
		}
	}
}

func TestExampleSaysWhatEachKeyMeans(t *testing.T) {
	_, complete := example(t)
	text := strings.Split(complete, "\n")
	keys := lines(t, complete)
	d, _ := Describe()
	for _, key := range keysOf("", d.Fields) {
		line := keys[key]
		if kindLimit.MatchString(key) || strings.HasPrefix(key, "accounts.") || strings.Contains(key, "score.") || line == 0 {
			continue // told with the hosts, with all kinds, and with the table
		}
		if !strings.HasPrefix(text[line-2], "# ") {
			t.Errorf("line %d: %s has no sentence above it", line, key)
		}
	}
}

func TestEveryKeyHasAHelp(t *testing.T) {
	d, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(path string, fields []schema.Field)
	walk = func(path string, fields []schema.Field) {
		for _, f := range fields {
			if walk(join(path, f.Name), f.Fields); f.Fields == nil && f.Help == "" {
				t.Errorf("%s has no help", join(path, f.Name))
			}
		}
	}
	walk("", d.Fields)
	if !slices.ContainsFunc(d.Fields, func(f schema.Field) bool { return f.Name == "brain" }) {
		t.Error("the description has no brains")
	}
}

func TestShowIsLoadedAsTheSame(t *testing.T) {
	_, complete := example(t)
	c := mustParse(t, complete)
	first, err := c.Show()
	if err != nil {
		t.Fatal(err)
	}
	second, err := mustParse(t, first).Show()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestShowHidesWhatSoundsLikeASecret(t *testing.T) {
	c := mustParse(t, least+"[[blocker.edge.settings.device]]\nname = \"fw1\"\ntoken = \"hunter2\"\nuse_token = true\npasswords = [\"hunter2\"]\n")
	shown, err := c.Show()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(shown, "hunter2") || !strings.Contains(shown, "use_token = true") {
		t.Errorf("shown:\n%s", shown)
	}
	if c.Blockers["edge"].Settings["device"].([]map[string]any)[0]["token"] != "hunter2" {
		t.Error("showing changed the configuration")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(least))
	f.Add([]byte("a = [[1], {b.c = '''\n'''}] # x\n[[d]]\n\"q\\u0041\" = \"\"\"\\\n\"\"\"\"\n"))
	if text, err := os.ReadFile("../../config.example.toml"); err == nil {
		f.Add(text)
		f.Add([]byte(optionalKey.ReplaceAllString(string(text), "$1")))
	}
	bad, _ := os.ReadDir("testdata/bad")
	for _, file := range bad {
		if text, err := os.ReadFile("testdata/bad/" + file.Name()); err == nil && strings.HasSuffix(file.Name(), ".toml") {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, problems := Parse("/etc/var/config.toml", text)
		if (c == nil) == (len(problems) == 0) {
			t.Fatalf("got %v with %v", c, problems)
		}
		for _, p := range problems {
			if p.Line < 0 || p.Line > strings.Count(string(text), "\n")+1 || p.Text == "" {
				t.Fatalf("problem %+v is outside the file", p)
			}
		}
		checkPlaces(t, text)
		if c != nil {
			checkShown(t, c)
		}
	})
}

// checkPlaces holds the lines against the decoder: each key that the decoder found has one, and no other has.
func checkPlaces(t *testing.T, text []byte) {
	read, err := tomltext.Parse(text)
	if err != nil {
		return
	}
	lines := read.Lines()
	for key := range read.Values() {
		if lines[key] == 0 {
			t.Fatalf("%q has no line in %q", key, text)
		}
	}
	for path := range lines {
		known := slices.ContainsFunc(slices.Collect(maps.Keys(read.Values())), func(key string) bool { return strings.HasPrefix(path, key) })
		if !known {
			t.Fatalf("%q has a line, and is not in %q", path, text)
		}
	}
}

func checkShown(t *testing.T, c *Config) {
	first, err := c.Show()
	if err != nil {
		t.Fatal(err)
	}
	again, problems := Parse("/etc/var/config.toml", []byte(first))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, first)
	}
	if second, err := again.Show(); err != nil || second != first {
		t.Fatalf("%v, first:\n%s\nthen:\n%s", err, first, second)
	}
}
