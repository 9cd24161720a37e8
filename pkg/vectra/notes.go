package vectra

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// maxNote is how many characters of a note brains are known to take.
const maxNote = 8000

// Notes reads the texts of all notes of one entity, in the brain's order. Before v2.2 there
// is one note at most.
func (c *Console) Notes(ctx context.Context, ref entity.Ref) ([]string, error) {
	if err := c.notable(ref.Kind); err != nil {
		return nil, err
	}
	if c.noteField() {
		note, err := c.oneNote(ctx, ref)
		if err != nil || note == "" {
			return nil, err
		}
		return []string{note}, nil
	}
	path, err := c.notesPath(ref)
	if err != nil {
		return nil, err
	}
	return c.notes(ctx, path, ref)
}

// noteField reports that a note is a field of its entity, not a resource of its own.
func (c *Console) noteField() bool { return !c.api.since(2, 0) }

// notable refuses kinds whose notes this version cannot read or write.
func (c *Console) notable(kind entity.Kind) error {
	if err := c.readable(kind); err != nil {
		return err
	}
	if kind == entity.KindAccount && c.noteField() {
		return problem(entity.Unsupported, "api %s has no notes of accounts", c.api.text)
	}
	return nil
}

func (c *Console) notesPath(ref entity.Ref) (string, error) {
	path, err := c.object(plural(ref.Kind), ref)
	return path + "/notes", err
}

func (c *Console) notes(ctx context.Context, path string, ref entity.Ref) ([]string, error) {
	k := get(path, nil)
	k.limit = maxPage
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, gone(ref, err)
	}
	var p page[string]
	if err := p.scan(newReader(nil), a.body, func(r *reader) (string, string, error) { return string(r.only("note")), "a note", nil }); err != nil {
		return nil, malformed(k, a.body, err)
	}
	texts := make([]string, 0, len(p.rows))
	for _, row := range p.rows {
		texts = append(texts, row.row)
	}
	return texts, nil
}

// oneNote reads the note field, which is escaped for HTML there.
func (c *Console) oneNote(ctx context.Context, ref entity.Ref) (string, error) {
	path, err := c.object(plural(ref.Kind), ref)
	if err != nil {
		return "", err
	}
	k := get(path, nil)
	a, err := c.do(ctx, k)
	if err != nil {
		return "", gone(ref, err)
	}
	r := newReader(a.body)
	note := string(r.only("note"))
	if !isObject(a.body) || r.End() != nil {
		return "", malformed(k, a.body, errors.New("it is no object"))
	}
	return html.UnescapeString(note), nil
}

// AddNote adds a note for analysts; a text beyond 8,000 characters is cut. Before v2.2 it is put
// in front of the note that is there. It is added once: after a failure that leaves open
// whether it arrived, the notes are read, and only a note that is not there is an error.
func (c *Console) AddNote(ctx context.Context, ref entity.Ref, text string) error {
	if text = cut(strings.TrimSpace(text)); text == "" {
		return problem(entity.Permanent, "%s: an empty note is not written", ref)
	}
	if err := c.notable(ref.Kind); err != nil {
		return err
	}
	if c.noteField() {
		return c.prependNote(ctx, ref, text)
	}
	path, err := c.notesPath(ref)
	if err != nil {
		return err
	}
	k, err := noteCall(http.MethodPost, path, text)
	if err != nil {
		return err
	}
	k.once = true
	_, err = c.do(ctx, k)
	if open(err) && c.noted(ctx, path, ref, text) {
		return nil
	}
	return gone(ref, err)
}

func noteCall(method, path, text string) (call, error) {
	body, err := json.Marshal(map[string]string{"note": text})
	return put(method, path, nil, body), err
}

// open reports that a failed call may have been carried out all the same.
func open(err error) bool {
	class := entity.ClassOf(err)
	return class == entity.Unknown || class == entity.Transient && hasServerStatus(err)
}

func hasServerStatus(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status >= http.StatusInternalServerError
}

func (c *Console) noted(ctx context.Context, path string, ref entity.Ref, text string) bool {
	notes, err := c.notes(ctx, path, ref)
	return err == nil && slices.Contains(notes, text)
}

func (c *Console) prependNote(ctx context.Context, ref entity.Ref, text string) error {
	old, err := c.oneNote(ctx, ref)
	if err != nil {
		return err
	}
	if old != "" {
		text = cut(text + "\n" + old)
	}
	path, err := c.object(plural(ref.Kind), ref)
	if err != nil {
		return err
	}
	k, err := noteCall(http.MethodPatch, path, text)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, k)
	return gone(ref, err)
}

func cut(text string) string {
	if r := []rune(text); len(r) > maxNote {
		return string(r[:maxNote-1]) + "…"
	}
	return text
}
