package predecessor

import (
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

// FuzzModule holds the reader of Python against anything: it ends, within its bounds, and what it says of a value does
// not depend on what stands around it being read twice.
func FuzzModule(f *testing.F) {
	files, err := filepath.Glob("testdata/*/config.py")
	if err != nil || len(files) == 0 {
		f.Fatal("there are no samples", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		"import os\nX = os.getenv('a')", "X = [1,\n", "try:\n  a\nexcept:\n  b", "X = '''", "X = ((((((((((1))))))))))", "\ufeffX = -1.5e300",
		"A = 'x'\nA += A\nA = A + A", "def f():\n\tX = 1\n  Y", "X = 1_000", "X = 0xffffffffffffffffffff", "a=b'\\xff'", "\r\n)\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseModule("config.py", text)
		if err != nil {
			return
		}
		if len(m.passed) > maxPassed+len(text) {
			t.Fatalf("%d statements were passed over", len(m.passed))
		}
		size := 0
		for name := range m.values {
			if p, err := (source{m, &importer{}}).peek(name); err == nil {
				size += weigh(t, p.value, 0)
			}
		}
		if size > 4*maxFile {
			t.Fatalf("%d bytes of text have become %d of values", len(text), size)
		}
	})
}

// weigh wants plain values, no deeper than they may be, and says how much they are.
func weigh(t *testing.T, v any, depth int) int {
	if depth > maxDepth*2 {
		t.Fatal("values are nested without end")
	}
	size := 1
	switch v := v.(type) {
	case nil, none, bool, int64, float64:
	case string:
		size += len(v)
	case list, tuple:
		for _, item := range items(v) {
			size += weigh(t, item, depth+1)
		}
	case dict:
		for key, item := range v {
			size += len(key) + weigh(t, item, depth+1)
		}
	default:
		t.Fatalf("a value is a %T", v)
	}
	return size
}

// FuzzImport carries over whatever is not refused: each value under one key, and none that no document takes.
func FuzzImport(f *testing.F) {
	for _, name := range samples {
		text, err := os.ReadFile(filepath.Join("testdata", name, "config.py"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseModule("config.py", text)
		if err != nil {
			return
		}
		i := &importer{left: &remains{packed: map[string]string{}}}
		source{m, i}.response("testdata/nothing")
		left, err := i.result()
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, set := range left.Settings {
			if seen[set.Path] && !set.Off {
				t.Fatalf("%s is there twice", set.Path)
			}
			seen[set.Path] = seen[set.Path] || !set.Off
			switch written(set.Value).(type) {
			case nil, string, bool, int, []string, map[string]any, time.Duration:
			default:
				t.Fatalf("%s is a %T", set.Path, set.Value)
			}
		}
	})
}

// FuzzDocument lets nothing foreign out of a value or a comment: the file says what was meant, and no more.
func FuzzDocument(f *testing.F) {
	f.Add("a tag", "a note")
	f.Add("a\nb = 1", "\n[blocker.evil]\nplugin = 'x'")
	f.Add("\"\\\x1b[2J", "\r\nstate = 'x'\u2028#")
	f.Fuzz(func(t *testing.T, value, note string) {
		if !utf8.ValidString(value) {
			return // the parser gives none
		}
		from := Origin{note, 1, note}
		i := Import{Kind: "it", Folder: note, Settings: []Setting{
			{Path: "hosts.block_tag", Value: value, From: []Origin{from}, Note: note},
			{Path: "hosts.score", From: []Origin{from}, Note: note, Off: true},
		}, Notes: []Note{{from, note, true}}}
		d, err := i.Document("config.toml")
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if _, err := toml.Decode(string(d.Bytes()), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any{"hosts": map[string]any{"block_tag": value}}, got); diff != "" {
			t.Fatalf("-meant +written:\n%s", diff)
		}
	})
}
