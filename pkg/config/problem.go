package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file: where it is, what is wrong and what to write instead.
type Problem struct {
	// File as it was given; Line counts from 1, 0 is the file as a whole.
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	// Path is the key: "blocker.edge.settings.device[0].url"; empty where no key is concerned.
	Path string `json:"path,omitempty"`
	Text string `json:"text"`
	// Warning says that what was read is used all the same.
	Warning bool `json:"warning,omitempty"`
}

// String is "file:line: path: text", without the parts that are missing.
func (p Problem) String() string {
	parts := []string{p.File}
	if p.Line > 0 {
		parts[0] = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Path != "" {
		parts = append(parts, p.Path)
	}
	if p.Warning {
		parts = append(parts, "warning")
	}
	return strings.Join(append(parts, p.Text), ": ")
}

// Error makes a Problem an error, so that several can be joined.
func (p Problem) Error() string { return p.String() }

// sorted orders problems by line, path and text, each once.
func sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(problems)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
