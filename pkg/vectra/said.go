package vectra

import (
	"encoding/json"
	"strings"
	"unicode"
)

// said finds the brain's own words in the body of an error.
func said(body []byte) string {
	var e struct {
		Detail, Details, Message text
		Error                    text `json:"error"`
		Errors                   loose[[]loose[struct{ Title text }]]
		Meta                     loose[struct{ Message text }] `json:"_meta"`
	}
	if !isObject(body) || json.Unmarshal(body, &e) != nil {
		return wordless(body)
	}
	title := text("")
	if len(e.Errors.v) > 0 {
		title = e.Errors.v[0].v.Title
	}
	for _, t := range []text{e.Detail, e.Details, title, e.Meta.v.Message, e.Message, e.Error} {
		if t != "" {
			return brief(string(t))
		}
	}
	return brief(string(body))
}

// wordless is for bodies that are no JSON: proxies and servers in trouble.
func wordless(body []byte) string {
	t := strings.TrimSpace(string(body[:min(len(body), 2000)]))
	switch {
	case t == "":
		return "with an empty body"
	case strings.HasPrefix(t, "<"):
		return "with an HTML page instead of JSON: a proxy, or a brain in trouble"
	}
	return brief(t)
}

func brief(t string) string {
	t = printable(t)
	if r := []rune(t); len(r) > 500 {
		t = string(r[:500]) + "…"
	}
	return t
}

// printable keeps foreign text from steering a terminal.
func printable(t string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, t)
}

func isObject(body []byte) bool {
	t := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n")
	return strings.HasPrefix(t, "{")
}
