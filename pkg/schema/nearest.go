package schema

import (
	"fmt"
	"strings"
)

// otherwise ends the message about an unknown key: the nearest valid one, or all of them.
func otherwise(key string, fields []Field) string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		if f.Type != Secret {
			names = append(names, f.Name)
		}
	}
	if near := suggestion(key, names); near != "" {
		return near
	}
	if len(names) == 0 {
		return "; nothing can be set here"
	}
	return "; valid here: " + strings.Join(names, ", ")
}

func suggestion(text string, names []string) string {
	if near := Nearest(text, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest is the name that text was probably meant to be; empty when none is near.
func Nearest(text string, names []string) string {
	best, least := "", max(2, len(text)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(text), strings.ToLower(name), least); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to change, add or drop (Levenshtein), and gives up at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
