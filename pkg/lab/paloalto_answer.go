package lab

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// Codes of an error answer (panos-api.md, section 3).
const (
	panBadRequest     = 400
	panBadXPath       = 6
	panNotPresent     = 7
	panInvalidObject  = 12
	panObjectMissing  = 13
	panDenied         = 15
	panUnauthorized   = 16
	panInvalidCommand = 17
	panMalformed      = 18
)

// panAnswer is an answer of the device; it is XML unless the web server itself speaks.
type panAnswer struct {
	status int
	body   string
	html   bool
}

func (a panAnswer) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
	if a.html {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.WriteHeader(a.status)
	send(w, a.body)
}

func panRefused(a panAnswer) *panAnswer { return &a }

// panPage is what the web server says before the API is reached.
func panPage(status int) panAnswer {
	return panAnswer{status: status, body: page(status).page, html: true}
}

func panResult(inner string) panAnswer {
	return panAnswer{status: http.StatusOK, body: `<response status="success"><result>` + inner + `</result></response>`}
}

// panError is a refusal, which comes with HTTP 200.
func panError(code int, text string) panAnswer {
	body := fmt.Sprintf(`<response status="error" code="%d"><msg><line>%s</line></msg></response>`, code, escaped(text))
	return panAnswer{status: http.StatusOK, body: body}
}

func panMissing(parameter string) panAnswer {
	body := fmt.Sprintf(`<response status="error" code="%d"><msg>Missing value for parameter &quot;%s&quot;.</msg></response>`,
		panBadRequest, parameter)
	return panAnswer{status: http.StatusBadRequest, body: body}
}

// panForbidden keeps the quotes and spaces of the real message: clients have to use an XML parser.
func panForbidden(status int) panAnswer {
	return panAnswer{
		status: status,
		body:   `<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>`,
	}
}

// escaped is text as it may stand between tags and in attributes.
func escaped(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`<>&"'`, r) }) {
		return text
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// element is <name>text</name>.
func element(name, text string) string { return "<" + name + ">" + escaped(text) + "</" + name + ">" }
