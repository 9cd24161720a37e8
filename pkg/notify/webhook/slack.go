package webhook

import (
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// slackText is a text object of Block Kit: plain, so that it has neither mentions nor formatting nor links.
type slackText struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackMessage struct {
	// Text is what notifications show. Parse and LinkNames keep "@channel" in it from being one.
	Text        string       `json:"text"`
	Parse       string       `json:"parse"`
	LinkNames   bool         `json:"link_names"`
	UnfurlLinks bool         `json:"unfurl_links"`
	Blocks      []slackBlock `json:"blocks"`
}

// slackEscape is how Slack wants the characters that begin its control sequences.
func slackEscape(r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	}
	return string(r)
}

// The most bytes of a header block and of a section.
const (
	mostHeader  = 140
	mostSection = 2900
)

func slack(c chat) any {
	m := slackMessage{Text: plainText(c.title, mostSection).Text, Parse: "none", Blocks: []slackBlock{{Type: "header", Text: plainText(c.title, mostHeader)}}}
	for _, e := range c.entries {
		text := strings.Join(append([]string{mark(e.severity) + e.lead}, e.details...), "\n")
		m.Blocks = append(m.Blocks, slackBlock{Type: "section", Text: plainText(text, mostSection)})
	}
	m.Blocks = append(m.Blocks, slackBlock{Type: "context", Elements: []slackText{*plainText(c.foot, mostSection)}})
	return m
}

func plainText(text string, most int) *slackText {
	return &slackText{Type: "plain_text", Text: inert.Escaped(text, most, slackEscape)}
}

// mark tells in words what colours would.
func mark(s notify.Severity) string {
	switch s {
	case notify.SeverityError:
		return "ERROR "
	case notify.SeverityWarning:
		return "WARNING "
	}
	return ""
}
