package webhook

import (
	"strings"

	"github.com/var-project/var/pkg/notify"
)

// teamsRun is a TextRun of an Adaptive Card, which reads no Markdown and no mentions, other than a TextBlock.
type teamsRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Weight string `json:"weight,omitempty"`
	Color  string `json:"color,omitempty"`
	Size   string `json:"size,omitempty"`
	Subtle bool   `json:"isSubtle,omitempty"`
}

type teamsBlock struct {
	Type      string     `json:"type"`
	Inlines   []teamsRun `json:"inlines"`
	Separator bool       `json:"separator,omitempty"`
}

type teamsCard struct {
	Schema  string            `json:"$schema"`
	Type    string            `json:"type"`
	Version string            `json:"version"`
	Teams   map[string]string `json:"msteams"`
	Body    []teamsBlock      `json:"body"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	ContentURL  *string   `json:"contentUrl"`
	Content     teamsCard `json:"content"`
}

// teamsMessage is the envelope that workflows of Teams take.
type teamsMessage struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

func teams(c chat) any {
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Teams: map[string]string{"width": "Full"},
		Body:  []teamsBlock{lines(false, teamsRun{Text: c.title, Weight: "Bolder", Size: "Medium"})},
	}
	for _, e := range c.entries {
		lead := teamsRun{Text: mark(e.severity) + e.lead, Weight: "Bolder", Color: color(e.severity)}
		card.Body = append(card.Body, lines(true, lead), lines(false, teamsRun{Text: strings.Join(e.details, " · ")}))
	}
	card.Body = append(card.Body, lines(true, teamsRun{Text: c.foot, Size: "Small", Subtle: true}))
	return teamsMessage{"message", []teamsAttachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}}}
}

func lines(apart bool, run teamsRun) teamsBlock {
	run.Type = "TextRun"
	return teamsBlock{"RichTextBlock", []teamsRun{run}, apart}
}

func color(s notify.Severity) string {
	switch s {
	case notify.SeverityError:
		return "Attention"
	case notify.SeverityWarning:
		return "Warning"
	}
	return "Default"
}
