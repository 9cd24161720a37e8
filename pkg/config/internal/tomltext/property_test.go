package tomltext

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"
)

// values as people write them, in all the forms that TOML has for them.
var values = []string{
	"1", "-7_000", "0x1F", "3.5", "true", `"text"`, `'C:\path'`, `"a \"b\" # no comment"`, "\"\"\"\nx = 1\n[t]\n\"\"\"", "'''\n# 'no' comment'''",
	"1979-05-27T07:32:00Z", "07:32:00", "[]", "[1, 2]", "[ # open\n  'a', # one\n  'b',\n]", "{}", "{ k = 1, \"q.r\" = [2] }",
	"[{ n = 1 }, { n = 2, t.u = 3 }]",
}

var keys = []string{"a", "b", "c", "long-key_1", `"q.r"`, `'s t'`, "x.y", "x.z.w", `a . b`}

// text draws a TOML text; one that a decoder refuses is thrown away.
func draw(t *rapid.T) *Text {
	eol := rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "line end")
	var lines []string
	for range rapid.IntRange(0, 12).Draw(t, "lines") {
		key, value := rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom(values).Draw(t, "value")
		lines = append(lines, rapid.SampledFrom([]string{
			"", "# comment", "#" + key + " = 1", "[" + key + "] # table", "[t." + key + "]", "[[d]]", "[[d." + key + "]] # many", "[d.t]",
			key + " = " + value, "  " + key + "=" + value + " # behind", key + "\t=\t" + value,
		}).Draw(t, "line"))
	}
	mark := rapid.SampledFrom([]string{"", "", "\ufeff"}).Draw(t, "mark")
	end := rapid.SampledFrom([]string{"", eol}).Draw(t, "end")
	text, err := Parse([]byte(mark + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", eol) + end))
	if err != nil {
		t.Skip("not TOML")
	}
	return text
}

// anywhere draws the path of something that is there, or of something new beside it.
func anywhere(t *rapid.T, text *Text) Path {
	paths := []Path{{}}
	collect(plain(text.values), nil, &paths)
	at := rapid.SampledFrom(paths).Draw(t, "path")
	if len(at) == 0 || rapid.Bool().Draw(t, "new") {
		if _, list := peek(text, at).([]any); list {
			return at.with(Step{Index: len(peek(text, at).([]any)), Element: true}, Step{Key: "n"})
		}
		for range rapid.IntRange(1, 2).Draw(t, "deep") {
			at = at.with(Step{Key: rapid.SampledFrom([]string{"a", "new", "n w"}).Draw(t, "name")})
		}
	}
	return at
}

func peek(text *Text, at Path) any {
	v, _ := text.Get(at)
	return v
}

func collect(v any, at Path, into *[]Path) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			*into = append(*into, at.with(Step{Key: key}))
			collect(v[key], at.with(Step{Key: key}), into)
		}
	case []any:
		for i, one := range v {
			*into = append(*into, at.with(Step{Index: i, Element: true}))
			collect(one, at.with(Step{Index: i, Element: true}), into)
		}
	}
}

// decode is what an independent reader sees.
func decode(t interface{ Fatalf(string, ...any) }, text []byte) map[string]any {
	all := map[string]any{}
	if _, err := toml.Decode(string(text), &all); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return plain(all).(map[string]any)
}

// flat gives every value that is no table by its path.
func flat(v any) map[string]any {
	all := map[string]any{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, one := range v {
				walk(fmt.Sprintf("%s.%q", at, key), one)
			}
		case []any:
			for i, one := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), one)
			}
		default:
			all[at] = v
		}
	}
	walk("", v)
	return all
}

// kept gives how many bytes at both ends two texts have in common.
func kept(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	m := 0
	for m < min(len(a), len(b)) && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	return n + m
}

func TestSetChangesOneValueAndNoOtherByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t)
		at := anywhere(t, text)
		value := rapid.SampledFrom([]any{"new \"v\" # \\", 42, true, 2.5, []string{"p", "q"}}).Draw(t, "new value")
		checkSet(t, text, at, value)
	})
}

func checkSet(t interface{ Fatalf(string, ...any) }, text *Text, at Path, value any) {
	before, node, table := text.Bytes(), text.find(at), text.isTable(at)
	after, err := text.Set(at, value)
	if !bytes.Equal(text.Bytes(), before) {
		t.Fatalf("the old text has changed")
	}
	if err != nil {
		if node != nil && !table {
			t.Fatalf("a value that stands there is not replaced: %v in %q", err, before)
		}
		return
	}
	written, _ := Encode(value)
	want, _ := decoded(written)
	if got := peek(after, at); !reflect.DeepEqual(got, want) {
		t.Fatalf("%s is %v, want %v, in %q", at, got, want, after.Bytes())
	}
	replaced := 0
	if node != nil {
		replaced = node.value.end - node.value.start
	}
	if common := kept(before, after.Bytes()); common < len(before)-replaced {
		t.Fatalf("%q became %q", before, after.Bytes())
	}
	checkOthers(t, flat(decode(t, before)), flat(decode(t, after.Bytes())), at)
}

// checkOthers compares all values that are not at or below a path.
func checkOthers(t interface{ Fatalf(string, ...any) }, before, after map[string]any, at Path) {
	for _, side := range []map[string]any{before, after} {
		for path := range side {
			if !strings.HasPrefix(path, at.unique()) && !reflect.DeepEqual(before[path], after[path]) {
				t.Fatalf("%s was %v and is %v", path, before[path], after[path])
			}
		}
	}
}

// comments are the texts of all comments that have a line of their own, in order.
func comments(text *Text) (all []string) {
	for _, n := range text.lines {
		if n.kind == comment {
			all = append(all, string(text.body[n.start:n.end]))
		}
	}
	return all
}

func TestWhatIsAddedAndRemovedLeavesTheTextAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t)
		at := anywhere(t, text)
		if text.has(at) {
			t.Skip("not new")
		}
		with, err := text.Set(at, 1)
		if err != nil {
			return
		}
		known := 0
		for text.has(at[:known]) {
			known++
		}
		without, err := with.Remove(at[:known])
		if err != nil {
			t.Fatalf("%v from %q", err, with.Bytes())
		}
		if d := reflect.DeepEqual(pruned(plain(without.values)), pruned(plain(text.values))); !d {
			t.Fatalf("%q became %q", text.Bytes(), without.Bytes())
		}
		if !slices.Equal(comments(text), comments(without)) {
			t.Fatalf("comments of %q are not those of %q", text.Bytes(), without.Bytes())
		}
	})
}

func TestRemoveTakesOneValueAndNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t)
		at := anywhere(t, text)
		if !text.has(at) || slices.ContainsFunc(at, func(s Step) bool { return s.Element }) {
			t.Skip("nothing there, or later elements move")
		}
		next, err := text.Remove(at)
		if err != nil {
			t.Fatalf("%v from %q", err, text.Bytes())
		}
		if next.find(at) != nil {
			t.Fatalf("%s is still there: %q", at, next.Bytes())
		}
		checkOthers(t, flat(decode(t, text.Bytes())), flat(decode(t, next.Bytes())), at)
	})
}

func TestRenameBackGivesTheSameText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t)
		at := anywhere(t, text)
		if !text.has(at) || at.last().Element || quoted(at.last().Key) == "a" {
			t.Skip("nothing to rename")
		}
		next, err := text.Rename(at, "renamed")
		if err != nil {
			t.Fatalf("%v in %q", err, text.Bytes())
		}
		back, err := next.Rename(at.parent().with(Step{Key: "renamed"}), at.last().Key)
		if err != nil {
			t.Fatalf("%v in %q", err, next.Bytes())
		}
		if !reflect.DeepEqual(plain(back.values), plain(text.values)) || !slices.Equal(comments(back), comments(text)) {
			t.Fatalf("%q became %q", text.Bytes(), back.Bytes())
		}
	})
}

func FuzzSet(f *testing.F) {
	for _, value := range values {
		f.Add([]byte("[t] # c\nk = "+value+" # behind\n[[d]]\n"), "t.k", "x")
		f.Add([]byte("a.b = "+value+"\r\n"), "a.c.d", "y")
	}
	f.Add([]byte("\ufeff[[d]]\nn=1"), "d[1].n", "z")
	f.Add([]byte("a = [{b = 1}]\n"), "a[0].c", "\x00\n\"")
	f.Fuzz(func(t *testing.T, text []byte, path, value string) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		if !bytes.Equal(parsed.Bytes(), text) {
			t.Fatalf("%q was read as %q", text, parsed.Bytes())
		}
		at, err := ParsePath(path)
		if err != nil {
			return
		}
		if value != strings.ToValidUTF8(value, "") {
			return
		}
		checkSet(t, parsed, at, value)
		if next, err := parsed.Remove(at); err == nil && next.has(at) && !at.last().Element {
			t.Fatalf("%s is still in %q", at, next.Bytes())
		}
	})
}
