package vectra

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra/internal/jsonscan"
)

// page is one answer of a collection. Rows may hold parts of the answer: what is kept of them is copied.
type page[T any] struct {
	rows []identified[T]
	// count is how many the whole collection has; -1 when the answer does not say.
	count int
	next  string
	// broken is the first row that could not be read.
	broken error
}

// identified is a row with what makes it the same when it comes again.
type identified[T any] struct {
	row T
	id  string
}

// rowReader reads the next row.
type rowReader[T any] func(r *reader) (row T, id string, err error)

var errRows = errors.New("it has no list where one must be")

// scan reads the envelope of a collection, or a bare array. What is no list must not look like an empty one, and of
// an answer that is not whole no row counts.
func (p *page[T]) scan(r *reader, body []byte, read rowReader[T]) error {
	r.Reset(body)
	*p = page[T]{rows: p.rows[:0], count: -1}
	listed := r.Kind() == jsonscan.Array
	if listed {
		p.list(r, read)
	} else {
		listed = p.envelope(r, read)
	}
	switch err := r.End(); {
	case err != nil:
		return err
	case !listed:
		return errRows
	}
	return p.broken
}

func (p *page[T]) envelope(r *reader, read rowReader[T]) (listed bool) {
	for key := range r.Keys() {
		switch string(key) {
		case "count":
			p.count = r.count()
		case "next":
			p.next = r.string()
		case "results":
			if listed = r.Kind() == jsonscan.Array; listed {
				p.list(r, read)
			}
		}
	}
	return listed
}

// count is -1 for what is no number.
func (r *reader) count() int {
	if n := r.number(); n.set {
		return n.n
	}
	return -1
}

func (p *page[T]) list(r *reader, read rowReader[T]) {
	p.rows, p.broken = p.rows[:0], nil
	for range r.Items() {
		row, id, err := read(r)
		if err == nil && id == "" {
			err = fmt.Errorf("a row has no id: %w", ErrIncomplete)
		}
		if err != nil && p.broken == nil {
			p.broken = err
		}
		p.rows = append(p.rows, identified[T]{row, id})
	}
}

// malformed is a success whose body is not what it should be.
func malformed(k call, body []byte, err error) error {
	if t := bytes.TrimSpace(body); len(t) == 0 || t[0] == '<' {
		return problem(entity.Transient, "%s: the brain answered %s", k, wordless(t))
	}
	return problem(entity.Transient, "%s: the answer is broken: %w", k, err)
}
