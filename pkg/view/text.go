package view

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/var-project/var/pkg/entity"
)

// Legible shows what would steer a terminal, forge a line or turn its direction as an escape such as \x1b or \u202e:
// what hosts and accounts are called is up to those who are to be blocked.
func Legible(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, steers) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if steers(r) {
			escaped := strconv.QuoteToASCII(string(r))
			b.WriteString(escaped[1 : len(escaped)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// steers reports what a terminal does not show as itself.
func steers(r rune) bool { return !unicode.IsGraphic(r) }

// OneLine is a legible text without its line breaks.
func OneLine(text string) string { return Legible(strings.ReplaceAll(text, "\n", "; ")) }

// Stamp is a time in UTC as RFC 3339 has it; "-" where there is none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// Person is "anna: reason, since 2026-11-21T19:18:30Z" on one legible line.
func Person(by entity.By) string {
	text := OneLine(by.Who)
	if by.Reason != "" {
		text += ": " + OneLine(by.Reason)
	}
	if !by.At.IsZero() {
		text += ", since " + Stamp(by.At)
	}
	return text
}
