package predecessor

import (
	"errors"
	"strings"
	"unicode"
)

// split cuts a command line into words as a shell does: by spaces, but for what stands in quotes or behind a backslash.
// Nothing is expanded.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, quote, escaped := false, rune(0), false
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
			word.WriteRune(r)
		case r == '\\' && quote != '\'':
			open, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			open, quote = true, r
		case quote == 0 && unicode.IsSpace(r):
			if open {
				words = append(words, word.String())
			}
			open = false
			word.Reset()
		default:
			open = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("a quotation in it does not end")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}
