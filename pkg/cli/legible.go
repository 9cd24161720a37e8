package cli

import (
	"strconv"
	"strings"
	"unicode"
)

// legible shows what would steer a terminal, forge a line or turn its direction as an escape such as \x1b or \u202e:
// what hosts and accounts are called is up to those who are to be blocked.
func legible(text string) string {
	if strings.IndexFunc(text, steers) < 0 {
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

func allLegible(cells []string) []string {
	shown := make([]string, len(cells))
	for i, text := range cells {
		shown[i] = legible(text)
	}
	return shown
}
