package mail

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

var (
	//go:embed digest.txt.tmpl
	textSource string
	//go:embed digest.html.tmpl
	htmlSource string

	textForm = texttemplate.Must(texttemplate.New("text").Parse(textSource))
	htmlForm = htmltemplate.Must(htmltemplate.New("html").Parse(htmlSource))
)

// write is a digest as text and as HTML, which says the same.
func write(d digest) (text, html string, err error) {
	var t, h strings.Builder
	if err := textForm.Execute(&t, d); err != nil {
		return "", "", fmt.Errorf("write the text: %w", err)
	}
	if err := htmlForm.Execute(&h, d); err != nil {
		return "", "", fmt.Errorf("write the HTML: %w", err)
	}
	return t.String(), h.String(), nil
}
