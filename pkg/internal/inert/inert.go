// Package inert makes harmless what others wrote: texts to whoever reads them, and what is written for programs to the
// terminals on which people look at it.
package inert

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// JSON escapes what encoders leave as it is inside of strings and what steers a terminal all the same, such as the control
// characters beyond ASCII and those that turn the direction. It says the same to whoever decodes it: outside of strings
// there is none of it but line breaks, which are left alone.
func JSON(text []byte) []byte {
	if bytes.IndexFunc(text, steers) < 0 {
		return text
	}
	safe := make([]byte, 0, len(text)+16)
	for _, r := range string(text) {
		if !steers(r) {
			safe = utf8.AppendRune(safe, r)
			continue
		}
		safe = appendEscape(safe, r)
	}
	return safe
}

func steers(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }

// appendEscape writes a rune as JSON does: above 16 bits as two, RFC 8259, 7.
func appendEscape(to []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return appendEscape(appendEscape(to, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	to = append(to, `\u`...)
	digits := strconv.FormatInt(int64(r), 16)
	return append(append(to, "000"[:4-len(digits)]...), digits...)
}
