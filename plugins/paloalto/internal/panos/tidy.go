package panos

import (
	"strings"
	"unicode"

	"github.com/var-project/var/pkg/secret"
)

// maxText bounds what a device's words take up in an error, in bytes.
const maxText = 300

// tidy makes a device's words fit for an error: one short printable line without the credentials
// that a device might echo.
func tidy(text string, hidden []string) string {
	for _, h := range hidden {
		if h != "" {
			text = strings.ReplaceAll(text, h, secret.Redacted)
		}
	}
	text = strings.Map(printable, text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}

func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return ' '
	}
	return r
}
