package vectra

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"

	"github.com/var-project/var/pkg/entity"
)

// object is one row of a list with its state. Raw JSON, note, and what tells of destinations are parts of the answer as yet.
type object struct {
	entity.Finding
	state            string
	raw              []byte
	note             text
	summary, details []byte
}

// common are the keys that hosts, accounts and detections share. Scores have an old and a
// new name; v3.4 has only the new one on detections.
type common struct {
	id, name, state, note                      text
	threat, certainty, oldThreat, oldCertainty number
	tags                                       tagList
}

// read takes the value of a key, if it is one of these.
func (w *common) read(r *reader, key []byte) {
	switch string(key) {
	case "id":
		w.id = r.text()
	case "name":
		w.name = r.text()
	case "state":
		w.state = r.text()
	case "note":
		w.note = r.text()
	case "threat":
		w.threat = r.number()
	case "certainty":
		w.certainty = r.number()
	case "t_score":
		w.oldThreat = r.number()
	case "c_score":
		w.oldCertainty = r.number()
	case "tags":
		r.tags(&w.tags)
	}
}

var errNoID = errors.New("it has no id that can be used")

func (w *common) target(r *reader) (entity.Target, error) {
	if w.tags.err != nil {
		return entity.Target{}, w.tags.err
	}
	id, ok := identifier(w.id)
	if !ok {
		return entity.Target{}, errNoID
	}
	t := entity.Target{Name: r.keep(w.name), Score: w.score(), Tags: w.tags.tags}
	t.ID = r.keep(id)
	return t, nil
}

func (w *common) score() entity.Score {
	threat, certainty := first(w.threat, w.oldThreat), first(w.certainty, w.oldCertainty)
	return entity.Score{Threat: threat.n, Certainty: certainty.n, Unread: !threat.set && !certainty.set}
}

// activity is the state in one spelling, without a copy of those that are usual.
func (w *common) activity(r *reader) string {
	return r.word(bytes.ToLower(bytes.TrimSpace(w.state)))
}

// row is what a kind's rows are read into, each into the same.
type row interface {
	// scan reads one row. What another one left there is forgotten.
	scan(r *reader)
	// object makes what is kept of it.
	object(r *reader) (object, error)
}

func rowOf(kind entity.Kind) row {
	switch kind {
	case entity.KindHost:
		return &hostRow{}
	case entity.KindAccount:
		return &accountRow{}
	}
	return &detectionRow{}
}

// decode reads the next row.
func (c *Console) decode(kind entity.Kind, in row, r *reader) (object, error) {
	from := r.Here()
	in.scan(r)
	raw := r.Since(from)
	o, err := in.object(r)
	if err != nil {
		return o, err
	}
	o.Ref, o.raw = c.ref(kind, o.ID), raw
	return o, nil
}

// addNote makes the note the object's own.
func (c *Console) addNote(o *object) {
	_, note := details(&o.Target)
	if *note = string(o.note); c.noteField() {
		*note = html.UnescapeString(*note)
	}
}

// addRaw makes the raw JSON the object's own.
func (o *object) addRaw() {
	raw, _ := details(&o.Target)
	*raw = bytes.Clone(o.raw)
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
