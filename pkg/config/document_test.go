package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// edited opens a text, changes it, and gives what comes out.
func document(t *testing.T, text string, change func(d *Document) error) string {
	t.Helper()
	d, err := ParseDocument("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := change(d); err != nil {
		t.Fatal(err)
	}
	return string(d.Bytes())
}

func set(path string, value any) func(*Document) error {
	return func(d *Document) error { return d.Set(path, value) }
}

func TestSetLeavesEverythingElse(t *testing.T) {
	tests := map[string]struct {
		text   string
		change func(*Document) error
		want   string
	}{
		"a value is replaced and keeps the comment behind it": {
			"[run]\ninterval = '5m'  # often\n", set("run.interval", 90*time.Second), "[run]\ninterval = \"1m30s\"  # often\n",
		},
		"a value that is the same stays as it is written": {
			"[run]\ninterval='5m'\n", set("run.interval", 5*time.Minute), "[run]\ninterval='5m'\n",
		},
		"a new key stands behind the last of its table": {
			"[run]\n  groom = true # g\n\n# next\n[hosts]\n", set("run.compare", 3), "[run]\n  groom = true # g\n  compare = 3\n\n# next\n[hosts]\n",
		},
		"a new key stands where the example of it is shown": {
			"[brain.hq]\n# Address.\n#url = \"x\"\napi = \"\"\n", set("brain.hq.url", "https://b"), "[brain.hq]\n# Address.\n#url = \"x\"\nurl = \"https://b\"\napi = \"\"\n",
		},
		"a key of an empty table":            {"[run] # r\n[hosts]\n", set("run.groom", true), "[run] # r\ngroom = true\n[hosts]\n"},
		"a key without a line end before it": {"[run]\ngroom = true", set("run.compare", 3), "[run]\ngroom = true\ncompare = 3"},
		"a new table stands behind its siblings": {
			"[brain.hq]\nurl = \"x\"\n\n# what to block\n[hosts]\n", set("brain.eu.url", "y"), "[brain.hq]\nurl = \"x\"\n\n[brain.eu]\nurl = \"y\"\n\n# what to block\n[hosts]\n",
		},
		"the first table of an empty file": {"", set("brain.hq.url", "x"), "[brain.hq]\nurl = \"x\"\n"},
		"a key at the top": {
			"# banner\n\n[run]\n", set("owner", "soc"), "# banner\n\nowner = \"soc\"\n\n[run]\n",
		},
		"the first key at the top of a file without a banner": {"[run]\n", set("owner", "soc"), "owner = \"soc\"\n\n[run]\n"},
		"inline table":       {"a = { b = 1 } # c\n", set("a.c", "x"), "a = { b = 1, c = \"x\" } # c\n"},
		"empty inline table": {"a = {}\n", set("a.c.d", []string{"x"}), "a = { c = { d = [\"x\"] } }\n"},
		"inline array of tables": {
			"d = [{ n = 1 }, # one\n {n=2}]\n", set("d[1].n", 3), "d = [{ n = 1 }, # one\n {n=3}]\n",
		},
		"appended to an inline array": {"d = [{ n = 1 }]\n", set("d[1].n", 2), "d = [{ n = 1 }, { n = 2 }]\n"},
		"key of a table in an array": {
			"[[d]]\nn = 1\n[[d]]\nn = 2\n[x]\n", set("d[0].m", 9), "[[d]]\nn = 1\nm = 9\n[[d]]\nn = 2\n[x]\n",
		},
		"appended to an array of tables": {
			"[[d]]\nn = 1\n[d.t]\nx = 1\n[x]\n", set("d[1].n", 2), "[[d]]\nn = 1\n[d.t]\nx = 1\n\n[[d]]\nn = 2\n\n[x]\n",
		},
		"first of an array of tables": {
			"[blocker.edge]\nplugin = \"x\"\n", set("blocker.edge.settings.device[0].name", "fw1"),
			"[blocker.edge]\nplugin = \"x\"\n\n[[blocker.edge.settings.device]]\nname = \"fw1\"\n",
		},
		"several tables at once": {
			"", set("d", []map[string]any{{"n": 1}, {"n": 2}}), "[[d]]\nn = 1\n\n[[d]]\nn = 2\n",
		},
		"dotted keys":              {"[a]\nb.c = 1\n\n[z]\n", set("a.b.d", 2), "[a]\nb.c = 1\nb.d = 2\n\n[z]\n"},
		"quoted keys":              {"[\"a b\".'c.d']\ne = 1\n", set(`"a b"."c.d".e`, 2), "[\"a b\".'c.d']\ne = 2\n"},
		"multi-line string":        {"a = \"\"\"\nb = 1\n\"\"\" # c\nb = 2\n", set("a", "x\ny\""), "a = \"x\\ny\\\"\" # c\nb = 2\n"},
		"lines that end with CRLF": {"[a]\r\nb = 1\r\n[c]\r\n", set("a.d.e", 2), "[a]\r\nb = 1\r\n\r\n[a.d]\r\ne = 2\r\n\r\n[c]\r\n"},
		"byte order mark":          {"\ufeffa = 1\n", set("b", 2), "\ufeffa = 1\nb = 2\n"},
		"a map for a table with a header changes its keys": {
			"[s]\nthreat = 1 # t\nmatch = \"or\"\n", set("s", map[string]any{"threat": 2, "certainty": 3}), "[s]\nthreat = 2 # t\ncertainty = 3\n",
		},
		"a map for nothing is an inline table": {
			"[h]\nx = 1\n", set("h.score", map[string]any{"threat": 80, "certainty": 70}), "[h]\nx = 1\nscore = { certainty = 70, threat = 80 }\n",
		},
		"a table that other headers imply": {"[g.h]\nx = 1\n", set("g.y", 2), "[g.h]\nx = 1\n\n[g]\ny = 2\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, document(t, tt.text, tt.change)); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func remove(path string) func(*Document) error {
	return func(d *Document) error { return d.Remove(path) }
}

func TestRemoveTakesOutWhatIsNamed(t *testing.T) {
	tests := map[string]struct {
		text, path, want string
	}{
		"a key with its comment behind":   {"a = 1 # a\nb = 2\n", "a", "b = 2\n"},
		"a table with all below it":       {"x = 1\n\n[a]\n# c\nb = 1\n[a.c]\nd = 1\n\n# z\n[z]\n", "a", "x = 1\n\n# z\n[z]\n"},
		"comments between its parts":      {"# a\n[a]\nb = 1\n\n# inner\n[a.c]\nd = 1\n\n# z\n[z]\n", "a", "# a\n# z\n[z]\n"},
		"the last table":                  {"[a]\n\n[b]\nc = 1\n", "b", "[a]\n"},
		"dotted keys":                     {"a.b = 1\na.c = 2\nd = 3\n", "a", "d = 3\n"},
		"from an inline table":            {"a = { b = 1, c = 2, d = 3 }\n", "a.c", "a = { b = 1, d = 3 }\n"},
		"the last of an inline table":     {"a = { b = 1, c = 2 }\n", "a.c", "a = { b = 1 }\n"},
		"all of an inline table":          {"a = { b.x = 1, b.y = 2 }\n", "a.b", "a = {}\n"},
		"a table of an array":             {"[[d]]\nn = 1\n[d.t]\n[[d]]\nn = 2\n", "d[0]", "[[d]]\nn = 2\n"},
		"an element":                      {"a = [1, 2, 3] # c\n", "a[1]", "a = [1, 3] # c\n"},
		"an element with a comma behind":  {"a = [\n 1, # one\n]\n", "a[0]", "a = []\n"},
		"a key in a table of many places": {"[a]\nb = 1\n[c]\n[a.d]\ne = 1\n", "a", "[c]\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, document(t, tt.text, remove(tt.path))); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestRenameChangesTheNameEverywhere(t *testing.T) {
	const text = "[brain.hq] # hq\nurl = \"hq\"\n[brain.\"hq\".x]\n[hq]\nhq = 1\n[brain]\nhq.y.z = { hq = 2 }\n"
	got := document(t, strings.Replace(text, "[brain.\"hq\".x]\n[hq]\nhq = 1\n[brain]\nhq.y.z = { hq = 2 }\n", "[brain.\"hq\".x]\n[hq]\nhq = { hq = 2 }\n", 1),
		func(d *Document) error { return d.Rename("brain.hq", "e u") })
	want := "[brain.\"e u\"] # hq\nurl = \"hq\"\n[brain.\"e u\".x]\n[hq]\nhq = { hq = 2 }\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestRenameOfAnArrayOfTables(t *testing.T) {
	got := document(t, "[[a.d]]\nn = 1\n[[a.d]]\n[a.d.x]\n", func(d *Document) error { return d.Rename("a.d", "e") })
	if want := "[[a.e]]\nn = 1\n[[a.e]]\n[a.e.x]\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestCommentStandsAboveAndIsReplaced(t *testing.T) {
	const text = "# theirs\n[run] # r\n  groom = true\n"
	got := document(t, text, func(d *Document) error {
		return errors.Join(d.Comment("run.groom", "one\ntwo"), d.Comment("run", "mine"), d.Comment("run.groom", "three"), d.Comment("run", "mine"))
	})
	want := "# theirs\n# mine\n[run] # r\n  # three\n  groom = true\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
	back := document(t, text, func(d *Document) error {
		return errors.Join(d.Set("run.compare", 1), d.Comment("run.compare", "x"), d.Remove("run.compare"))
	})
	if back != text {
		t.Errorf("got %q", back)
	}
}

func TestWhatCannotBeIsRefusedAndLeavesTheText(t *testing.T) {
	const text = "a = 1\n[t]\nb = 2\n[[d]]\n"
	tests := map[string]func(*Document) error{
		"a table inside of a value":      set("a.b", 1),
		"a value over a table":           set("t", 1),
		"an index beyond the next":       set("d[2].x", 1),
		"a path that is none":            set("a..b", 1),
		"no path":                        set("", 1),
		"an index into a table":          set("t[0]", 1),
		"a value that is none":           set("t.c", struct{}{}),
		"removing what is not there":     remove("t.x"),
		"a name that is taken":           func(d *Document) error { return d.Rename("t", "a") },
		"a name of nothing":              func(d *Document) error { return d.Rename("x", "y") },
		"a comment that breaks the file": func(d *Document) error { return d.Comment("a", "x\x00y") },
		"a comment on nothing":           func(d *Document) error { return d.Comment("x", "y") },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := ParseDocument("config.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := change(d); err == nil {
				t.Error("accepted")
			}
			if string(d.Bytes()) != text {
				t.Errorf("the text is now %q", d.Bytes())
			}
		})
	}
}

func TestTextThatIsNotTOMLIsAProblem(t *testing.T) {
	_, err := ParseDocument("config.toml", []byte("[run]\ninterval = 5m\n"))
	var p Problem
	if !errors.As(err, &p) || p.Line != 2 || p.Path != "run.interval" {
		t.Errorf("got %v", err)
	}
}

func stored(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t *testing.T, path string) *Document {
	t.Helper()
	d, err := OpenDocument(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSaveKeepsTheModeAndFollowsALink(t *testing.T) {
	path := stored(t, "a = 1\n")
	link := filepath.Join(t.TempDir(), "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	d := opened(t, link)
	if err := errors.Join(d.Set("a", 2), d.Save(), d.Set("a", 3), d.Save()); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	if string(text) != "a = 3\n" || info.Mode() != 0o640 || d.Changed() {
		t.Errorf("got %q with mode %v", text, info.Mode())
	}
	if to, err := os.Readlink(link); err != nil || to != path {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

// As root the file can be anybody's; for everybody else it is their own, and stays so.
func TestSaveKeepsTheOwner(t *testing.T) {
	path := stored(t, "a = 1\n")
	uid := os.Getuid()
	if uid == 0 {
		uid = 12345
	}
	if err := os.Chown(path, uid, -1); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	d := opened(t, path)
	if err := errors.Join(d.Set("a", 2), d.Save()); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || owner(after) != owner(before) || os.SameFile(before, after) {
		t.Errorf("%v: it was %s's and is %s's", err, owner(before), owner(after))
	}
}

// owner is what a system tells of a file besides its times.
func owner(info os.FileInfo) string {
	of := reflect.Indirect(reflect.ValueOf(info.Sys()))
	return fmt.Sprint(of.FieldByName("Uid"), of.FieldByName("Gid"))
}

func TestSaveMakesAFileForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	d := opened(t, path)
	if d.Changed() {
		t.Error("an empty document is changed")
	}
	if err := errors.Join(d.Set("a", 1), d.Save()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("got %v, %v", info, err)
	}
}

func TestARehearsedSaveLeavesTheFolderAsItWas(t *testing.T) {
	path := stored(t, "a = 1\n")
	d := opened(t, path)
	if err := errors.Join(d.Set("a", 2), d.Saveable()); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	files, _ := os.ReadDir(filepath.Dir(path))
	if string(text) != "a = 1\n" || len(files) != 1 || !d.Changed() {
		t.Errorf("the file is %q among %v, changed: %v", text, files, d.Changed())
	}
}

func TestSaveRefusesWhatWasChangedMeanwhile(t *testing.T) {
	tests := map[string]func(path string) error{
		"written": func(path string) error { return os.WriteFile(path, []byte("a = 7\n"), 0o600) },
		"removed": os.Remove,
	}
	for name, meanwhile := range tests {
		t.Run(name, func(t *testing.T) {
			path := stored(t, "a = 1\n")
			d := opened(t, path)
			if err := errors.Join(d.Set("a", 2), meanwhile(path)); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			if first, err := d.Saveable(), d.Save(); !errors.Is(first, ErrChangedMeanwhile) || !errors.Is(err, ErrChangedMeanwhile) {
				t.Errorf("got %v at the rehearsal and %v", first, err)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Errorf("now it is %q", after)
			}
		})
	}
	fresh := filepath.Join(t.TempDir(), "config.toml")
	d := opened(t, fresh)
	if err := errors.Join(d.Set("a", 2), os.WriteFile(fresh, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := d.Save(); !errors.Is(err, ErrChangedMeanwhile) {
		t.Errorf("a file that came meanwhile: got %v", err)
	}
}
