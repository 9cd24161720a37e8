package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// formOf is how a batch becomes messages.
func formOf(c Config, o notify.Origin) (func(notify.Batch) ([]body, error), error) {
	var render func(message) ([]byte, error)
	switch {
	case c.Form != "":
		own, err := ownForm(c.Form)
		if err != nil {
			return nil, err
		}
		render = own
	case c.Template == "" || c.Template == JSON:
		render = func(m message) ([]byte, error) { return encoded(m) }
	case c.Template == Slack:
		return digest(o, slack), nil
	case c.Template == Teams:
		return digest(o, teams), nil
	default:
		return nil, fmt.Errorf("template: %q is none of %s, %s, %s", c.Template, JSON, Slack, Teams)
	}
	return func(b notify.Batch) ([]body, error) { return split(b, o, render) }, nil
}

// split is a batch as bodies that are not too large.
func split(b notify.Batch, o notify.Origin, render func(message) ([]byte, error)) (all []body, err error) {
	m := messageOf(b, o)
	events := m.Events
	for from, to := 0, 0; from == 0 || from < len(events); from = max(to, 1) {
		if to, err = fitting(events, from); err != nil {
			return nil, err
		}
		part := b.Part(from, to)
		m.Key, m.More, m.Missed, m.Events = part.Key, part.More, part.Missed, events[from:to]
		text, err := render(m)
		if err != nil {
			return nil, err
		}
		all = append(all, body{part.Key, text, to - from})
	}
	return all, nil
}

// ownForm is a template of the operator. It sees what JSON would have, under the same names, and has the function json,
// which writes a value with its quotes. It is tried out at once.
func ownForm(text string) (func(message) ([]byte, error), error) {
	t, err := template.New("template_file").Funcs(template.FuncMap{"json": asJSON}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("template_file: %w", err)
	}
	render := func(m message) ([]byte, error) {
		plain, err := encoded(m)
		if err != nil {
			return nil, err
		}
		var data map[string]any
		if err := json.Unmarshal(plain, &data); err != nil {
			return nil, err
		}
		var out strings.Builder
		if err := t.Execute(&out, data); err != nil {
			return nil, fmt.Errorf("template_file: %w", err)
		}
		if !json.Valid([]byte(out.String())) {
			return nil, errors.New("template_file: makes no JSON: write {{json .name}} wherever a value stands, without quotes around it")
		}
		return []byte(out.String()), nil
	}
	_, err = render(messageOf(sample(), notify.Origin{}))
	return render, err
}

func asJSON(v any) (string, error) {
	text, err := encoded(v)
	return strings.TrimSuffix(string(text), "\n"), err
}

// sample is what a template is tried out with: names that need to be escaped.
func sample() notify.Batch {
	e := entity.Event{
		ID: 1, At: time.Unix(0, 0), Last: time.Unix(0, 0), Action: string(entity.ActionBlock), Outcome: entity.OutcomeDone,
		Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1"}, Name: `a "quoted" \ name`, Blocker: "edge", Elements: []string{"192.0.2.1"},
	}
	return notify.Batch{Events: []notify.Event{notify.Classify(e)}, At: time.Unix(0, 0)}
}
