package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/var-project/var/pkg/internal/inert"
)

// plainly are the characters, besides letters and digits of ASCII, that a shell takes for themselves.
const plainly = "-_./:@%+,="

// quoted is a word as a person types it in a shell, so that the shell takes it for itself, whatever is in it.
func quoted(word string) string {
	switch {
	case word != "" && !strings.HasPrefix(word, "-") && strings.IndexFunc(word, needsQuotes) < 0:
		return word
	case inert.Text(word) != word:
		escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(word)
		return "$'" + inert.Text(escaped) + "'"
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// typed is a command about a target by its ref. What nobody could type is left to be named otherwise.
func typed(before, ref, after string) string {
	const most = 300
	if len(ref) > most || !utf8.ValidString(ref) {
		return before + " …" + after
	}
	if strings.HasPrefix(ref, "-") {
		return before + after + " -- " + quoted(ref)
	}
	return before + " " + quoted(ref) + after
}

func needsQuotes(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(plainly, r)
}
