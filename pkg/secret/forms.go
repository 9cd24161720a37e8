package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
)

// minEncoded is the length below which a piece of base64 could be anything.
const minEncoded = 8

// escaped are a text inside JSON and inside URLs.
func escaped(text string) []string {
	return []string{quoted(text), url.QueryEscape(text), url.PathEscape(text)}
}

func quoted(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(q[1 : len(q)-1])
}

// encoded are the pieces of base64 that a text leaves wherever it begins in what was encoded, as in the user and password
// of an Authorization header: its own letters depend on the one before it and the one behind it no more than at the edges.
func encoded(text string) []string {
	var all []string
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			letters := encoding.EncodeToString(append(make([]byte, before), text...))
			first := (before*8 + 5) / 6
			last := (before + len(text)) * 8 / 6
			if core := letters[first:last]; len(core) >= minEncoded {
				all = append(all, core)
			}
		}
	}
	return all
}
