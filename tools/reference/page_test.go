package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fakeProgram = `#!/bin/sh
case "$*" in
--help) printf 'Does it.\n\nUsage:\n  var [command]\n\nAvailable Commands:\n  help        Help\n  plugin      Plugins\n  run         One pass\n\nFlags:\n  -h, --help\n' ;;
"plugin --help") printf 'Plugins.\n\nAvailable Commands:\n  list        List\n\nFlags:\n  -h\n' ;;
"plugin list --help") echo "Lists. HOME is $HOME." ;;
"run --help") echo 'Runs.' ;;
"plugin describe edge") echo 'url  management address' ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`

func TestPagesShowEveryCommandAndPluginAndNothingElse(t *testing.T) {
	bin, out := t.TempDir(), filepath.Join(t.TempDir(), "reference")
	if err := os.WriteFile(filepath.Join(bin, "var"), []byte(fakeProgram), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "plugin-gone.md"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "by-hand.md"), []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-bin", bin, "-out", out, "edge"}); err != nil {
		t.Fatal(err)
	}

	commands := read(t, out, "commands.md")
	for _, want := range []string{"## `var`\n", "## `var plugin`\n", "## `var plugin list`\n", "## `var run`\n", "HOME is /nonexistent."} {
		if !strings.Contains(commands, want) {
			t.Errorf("commands.md lacks %q:\n%s", want, commands)
		}
	}
	if page := read(t, out, "plugin-edge.md"); !strings.Contains(page, "url  management address") {
		t.Errorf("plugin-edge.md does not say what the plugin says:\n%s", page)
	}
	configuration := read(t, out, "configuration.md")
	for _, want := range []string{
		"## `[brain.NAME]`\n", "| `owner` |", "| `interval` | a duration such as \"30s\", 1s to 24h | `5m` |", "`brain.NAME.client_secret`",
	} {
		if !strings.Contains(configuration, want) {
			t.Errorf("configuration.md lacks %q:\n%s", want, configuration)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "plugin-gone.md")); !os.IsNotExist(err) {
		t.Errorf("the page of a plugin that is gone is still there (%v)", err)
	}
	if page := read(t, out, "by-hand.md"); page != "kept" {
		t.Errorf("a page that was written by hand is now %q", page)
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
