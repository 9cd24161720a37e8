package config

import (
	"maps"
	"strings"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// parent is the path of the table or array around a path; "" at the top.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// without is a copy of values that lacks what problems are about: the key, or the table
// that lacks a key. The rest can then be checked further, so that all mistakes are told at once.
func without(wrong schema.Problems, values map[string]any) map[string]any {
	for round := 0; len(wrong) > 0 && round < tomltext.MaxDepth; round++ {
		left := schema.Problems{}
		values = prune(values, "", bad(wrong))
		for _, w := range schema.Check(description(), values) {
			left = append(left, schema.Problem{Path: parent(w.Path)})
		}
		wrong = left
	}
	return values
}

func bad(wrong schema.Problems) map[string]bool {
	paths := map[string]bool{}
	for _, w := range wrong {
		paths[w.Path] = true
	}
	return paths
}

func prune(values map[string]any, path string, bad map[string]bool) map[string]any {
	kept := maps.Clone(values)
	for key, v := range kept {
		at := join(path, key)
		switch table, ok := v.(map[string]any); {
		case bad[at]:
			delete(kept, key)
		case ok:
			kept[key] = prune(table, at, bad)
		}
	}
	return kept
}
