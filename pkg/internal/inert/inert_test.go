package inert

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
)

func TestJSONSaysTheSameAndSteersNothing(t *testing.T) {
	tests := map[string]string{
		"plain":               "ws-fin-042",
		"a control character": "a\x1b[2J\u009b31m\x7f",
		"another direction":   "gpj\u202eexe\u2066",
		"line ends":           "a\nb\u2028c\u0085d",
		"no width":            "a\u200d\ufeff",
		"above 16 bits":       "\U000e0001\U0001f4a9",
		"escapes":             `\u202e \\u202e "`,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := json.MarshalIndent(map[string]string{want: want}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			safe := JSON(text)
			if at := bytes.IndexFunc(safe, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); at >= 0 {
				t.Errorf("%q steers at %d", safe, at)
			}
			var got map[string]string
			if err := json.Unmarshal(safe, &got); err != nil || got[want] != want {
				t.Errorf("%q, error %v, want %q", got, err, want)
			}
		})
	}
}

func TestJSONLeavesTheFormAlone(t *testing.T) {
	if want := []byte("{\n  \"a\": 1\n}\n"); !bytes.Equal(JSON(want), want) {
		t.Errorf("got %q, want %q", JSON(want), want)
	}
}
