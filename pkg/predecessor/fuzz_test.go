package predecessor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// FuzzImport has whatever is not refused become a document, in which nothing stands that nobody meant.
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
		i := &importer{}
		source{m, i}.response("testdata/qux")
		left, err := i.result()
		if err != nil {
			return
		}
		d, err := left.Document("config.toml")
		if err != nil {
			t.Fatal(err)
		}
		_, problems := d.Config()
		for _, p := range problems {
			if strings.Contains(p.Error(), "unknown key") {
				t.Fatal(p)
			}
		}
	})
}
