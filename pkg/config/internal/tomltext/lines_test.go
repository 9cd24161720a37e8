package tomltext

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryKeyHasItsLine(t *testing.T) {
	tests := map[string]struct {
		text string
		want map[string]int
	}{
		"comments and blank lines": {
			"# a = 1\n\n  a = 1 # b = 2\n#c = 3",
			map[string]int{"a": 3},
		},
		"tables": {
			"[a]\nx = 1\n[a.b]\ny = 2\n",
			map[string]int{"a": 1, "a.x": 2, "a.b": 3, "a.b.y": 4},
		},
		"a table's own header wins over one that implies it": {
			"[a.b]\n[a]\n",
			map[string]int{"a": 2, "a.b": 1},
		},
		"dotted keys": {
			"[a]\nb . c.d = 1\n",
			map[string]int{"a": 1, "a.b": 2, "a.b.c": 2, "a.b.c.d": 2},
		},
		"quoted keys": {
			"\"a b\".'c.d' = 1\n[\"x\\\"y\"]\n[\"e\\u0041\"]",
			map[string]int{"a b": 1, "a b.c.d": 1, `x"y`: 2, "eA": 3},
		},
		"inline tables": {
			"a = { b = 1, c = { d = \"}\" }, e = [ { f = 1 },\n { f = 2 } ] }\ng = 1",
			map[string]int{
				"a": 1, "a.b": 1, "a.c": 1, "a.c.d": 1, "a.e": 1, "a.e[0]": 1, "a.e[0].f": 1,
				"a.e[1]": 2, "a.e[1].f": 2, "g": 3,
			},
		},
		"arrays over several lines": {
			"a = [ # first\n  1, 'x ] y',\n\n  3,\n]\nb = 1979-05-27 07:32:00\nc = 1",
			map[string]int{"a": 1, "a[0]": 2, "a[1]": 2, "a[2]": 4, "b": 6, "c": 7},
		},
		"arrays of tables": {
			"[[d]]\nn = 1\n[[d]]\nn = 2\n[d.t]\nx = 1\n[[d.e]]\n[[d.e]]\ny=1",
			map[string]int{
				"d": 1, "d[0]": 1, "d[0].n": 2, "d[1]": 3, "d[1].n": 4, "d[1].t": 5, "d[1].t.x": 6,
				"d[1].e": 7, "d[1].e[0]": 7, "d[1].e[1]": 8, "d[1].e[1].y": 9,
			},
		},
		"multi-line strings": {
			"a = \"\"\"\nx = 1 \\\"\"\"\n\"\" [t]\n\"\"\"\"\nb = '''\ny = 2\\'''\nc = 1",
			map[string]int{"a": 1, "b": 5, "c": 7},
		},
		"strings with escapes": {
			"a = \"\\\\\" # \"\nb = '\\'\nc = \"#\"\n",
			map[string]int{"a": 1, "b": 2, "c": 3},
		},
		"byte order mark and CRLF": {
			"\ufeffa = 1\r\n\r\nb = 2\r\n",
			map[string]int{"a": 1, "b": 3},
		},
		"spaces in headers": {
			" [ a . b ] # c\n",
			map[string]int{"a": 1, "a.b": 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			read, err := Parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, read.Lines()); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}
