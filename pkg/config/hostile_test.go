package config

import (
	"strings"
	"testing"
	"time"
)

func TestHostileTextCostsNoMoreThanItsSize(t *testing.T) {
	const n = maxFile / 4
	tests := map[string]string{
		"nested arrays":        "a=" + strings.Repeat("[", n) + strings.Repeat("]", n),
		"nested inline tables": strings.Repeat("a={", n),
		"dotted key":           strings.Repeat("a.", n) + "b=1",
		"dotted header":        "[" + strings.Repeat("a.", n) + "b]\n",
		"long header":          "[" + strings.Repeat("a", n) + "]\n" + strings.Repeat("b=1\n", n/4),
		"open string":          "a = \"" + strings.Repeat("\\\"", n),
		"open brackets":        strings.Repeat("[\n", n),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			done := make(chan []Problem, 1)
			go func() { _, problems := Parse("f", []byte(text)); done <- problems }()
			select {
			case problems := <-done:
				if len(problems) == 0 {
					t.Error("accepted")
				}
			case <-time.After(30 * time.Second):
				t.Fatal("still busy")
			}
		})
	}
}
