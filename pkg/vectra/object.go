package vectra

import (
	"encoding/json"
	"errors"
	"html"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// object is one row of a list with its state.
type object struct {
	entity.Finding
	state string
}

// common are the keys that hosts, accounts and detections share. Scores have an old and a
// new name; v3.4 has only the new one on detections.
type common struct {
	ID        text
	Name      text
	State     text
	Threat    number
	Certainty number
	TScore    number `json:"t_score"`
	CScore    number `json:"c_score"`
	Tags      tagList
	Note      text
}

var errNoID = errors.New("it has no id that can be used")

func (w *common) target() (entity.Target, error) {
	id, ok := identifier(w.ID)
	if !ok {
		return entity.Target{}, errNoID
	}
	t := entity.Target{Name: string(w.Name), Score: w.score(), Tags: w.Tags}
	t.ID = id
	return t, nil
}

func (w *common) score() entity.Score {
	return entity.Score{Threat: first(w.Threat, w.TScore).n, Certainty: first(w.Certainty, w.CScore).n}
}

func (w *common) state() string { return strings.ToLower(strings.TrimSpace(string(w.State))) }

// decode reads one object of a kind; lean leaves its raw JSON out.
func (c *Console) decode(kind entity.Kind, row json.RawMessage, lean bool) (object, error) {
	read := decodeDetection
	switch kind {
	case entity.KindHost:
		read = decodeHost
	case entity.KindAccount:
		read = decodeAccount
	}
	o, err := read(row)
	if err != nil {
		return o, err
	}
	o.Ref = c.ref(kind, o.ID)
	raw, note := details(&o.Target)
	if !lean {
		*raw = row
	}
	if c.noteField() {
		*note = html.UnescapeString(*note)
	}
	return o, nil
}

// details are the fields that every kind has in its own place.
func details(t *entity.Target) (raw *json.RawMessage, note *string) {
	switch {
	case t.Host != nil:
		return &t.Host.Raw, &t.Host.Note
	case t.Account != nil:
		return &t.Account.Raw, &t.Account.Note
	default:
		return &t.Detection.Raw, &t.Detection.Note
	}
}
