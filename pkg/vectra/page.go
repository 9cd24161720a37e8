package vectra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// page is one answer of a collection.
type page struct {
	rows []json.RawMessage
	// count is how many the whole collection has; -1 when the answer does not say.
	count int
	next  string
}

// rowList is strict: what is no list must not look like an empty one.
type rowList []json.RawMessage

var errRows = errors.New("it has no list where one must be")

// UnmarshalJSON fails on everything but an array.
func (r *rowList) UnmarshalJSON(b []byte) error {
	var rows []json.RawMessage
	if b[0] != '[' || json.Unmarshal(b, &rows) != nil {
		return errRows
	}
	*r = rows
	return nil
}

// decodePage reads the envelope of a collection, or a bare array.
func decodePage(body []byte) (page, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		p := page{count: -1}
		err := json.Unmarshal(body, &p.rows)
		return p, err
	}
	var e struct {
		Count   number
		Next    text
		Results *rowList
	}
	if err := unmarshal(body, &e); err != nil {
		return page{}, err
	}
	if e.Results == nil {
		return page{}, errRows
	}
	p := page{rows: *e.Results, count: -1, next: string(e.Next)}
	if e.Count.set {
		p.count = e.Count.n
	}
	return p, nil
}

// malformed is a success whose body is not what it should be.
func malformed(k call, body []byte, err error) error {
	if t := bytes.TrimSpace(body); len(t) == 0 || t[0] == '<' {
		return problem(entity.Transient, "%s: the brain answered %s", k, wordless(t))
	}
	return problem(entity.Transient, "%s: the answer is broken: %w", k, err)
}

// sparse is a page without anything new; so many in a row mean that the brain repeats itself.
const sparse = 3

var errEndless = fmt.Errorf("its pages repeat without an end: %w", ErrIncomplete)
