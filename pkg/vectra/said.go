package vectra

import (
	"strings"
	"unicode"
)

// said finds the brain's own words in the body of an error.
func said(body []byte) string {
	var w saying
	if r := newReader(body); !isObject(body) || w.scan(r) != nil {
		return wordless(body)
	}
	if t := either(w.detail, w.details, w.title, w.meta, w.message, w.error); len(t) > 0 {
		return brief(string(t))
	}
	return brief(string(body))
}

// saying are the places where brains put their words.
type saying struct{ detail, details, title, meta, message, error text }

func (w *saying) scan(r *reader) error {
	for key := range r.Keys() {
		switch string(key) {
		case "detail":
			w.detail = r.text()
		case "details":
			w.details = r.text()
		case "message":
			w.message = r.text()
		case "error":
			w.error = r.text()
		case "errors":
			for n := range r.Items() {
				if n == 0 {
					w.title = r.only("title")
				}
			}
		case "_meta":
			w.meta = r.only("message")
		}
	}
	return r.End()
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
