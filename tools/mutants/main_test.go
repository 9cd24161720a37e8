package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEachMutantHasItsLine: a line that moved or changed is to be broken where it stands now.
func TestEachMutantHasItsLine(t *testing.T) {
	for _, m := range mutants() {
		text, err := os.ReadFile(filepath.Join("..", "..", m.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if n := strings.Count(string(text), m.old); n != 1 {
			t.Errorf("%s: %q stands there %d times, want once (%s)", m.file, m.old, n, m.what)
		}
	}
}
