package inert

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cut stands where a text was cut.
const Cut = "…"

// Text is a text of somebody else as it may be shown: one valid line, on which what would steer a terminal, forge a line
// or turn its direction is an escape such as \n or \u202e. What hosts and accounts are called is up to those who are to
// be blocked.
func Text(text string) string {
	if harmless(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		b.WriteString(Rune(r))
	}
	return b.String()
}

// Line is a text of several lines on one.
func Line(text string) string { return Text(strings.ReplaceAll(text, "\n", "; ")) }

// Short is a text of at most so many bytes, cut between characters.
func Short(text string, most int) string {
	if len(text) <= most && harmless(text) {
		return text
	}
	return Escaped(text, most, Rune)
}

// Escaped is what escape makes of each character of a text, at most so many bytes: no escape is cut in two.
func Escaped(text string, most int, escape func(rune) string) string {
	var b strings.Builder
	fits := 0 // as much as leaves room for the mark of a cut
	for _, r := range text {
		next := escape(r)
		if b.Len()+len(next) > most {
			return marked(b.String()[:fits], most)
		}
		if b.WriteString(next); b.Len()+len(Cut) <= most {
			fits = b.Len()
		}
	}
	return b.String()
}

// marked says that a text was cut, where there is room to say so.
func marked(text string, most int) string {
	if len(text)+len(Cut) > most {
		return text
	}
	return text + Cut
}

// Rune is a character as it may be shown. What is no UTF-8 is the mark of that already when it comes from a range.
func Rune(r rune) string {
	if unicode.IsGraphic(r) {
		return string(r)
	}
	quoted := strconv.QuoteToASCII(string(r))
	return quoted[1 : len(quoted)-1]
}

func harmless(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) < 0
}
