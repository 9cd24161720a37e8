package syslog

import (
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
)

// line grows up to its most bytes. What comes first is sure to stand in it.
type line struct {
	strings.Builder
	most int
}

// room is how many bytes still fit.
func (l *line) room() int { return l.most - l.Len() }

// put adds a text as it is, or nothing when it does not fit.
func (l *line) put(text string) {
	if len(text) <= l.room() {
		l.WriteString(text)
	}
}

// value adds an escaped text of at most so many bytes between two others; nothing at all when none of it fits.
func (l *line) value(before, text, after string, most int, escape func(rune) string) {
	escaped := inert.Escaped(text, min(most, l.room()-len(before)-len(after)), escape)
	if escaped != "" {
		l.put(before + escaped + after)
	}
}
