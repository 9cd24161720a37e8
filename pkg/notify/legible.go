package notify

import (
	"strconv"
	"strings"
	"unicode"
)

// Cut stands where a text was cut.
const Cut = "…"

// Legible is a text of somebody else as it may be shown: one valid line of at most so many bytes, cut between
// characters. What would steer a terminal, forge a line or turn its direction is shown as an escape such as \n or
// \u202e: what hosts and accounts are called is up to those who are to be blocked.
func Legible(text string, most int) string {
	return Escaped(text, most, Visible)
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

// Visible is a character as it may be shown. What is no UTF-8 is the mark of that already when it comes from a range.
func Visible(r rune) string {
	if unicode.IsGraphic(r) {
		return string(r)
	}
	quoted := strconv.QuoteToASCII(string(r))
	return quoted[1 : len(quoted)-1]
}
