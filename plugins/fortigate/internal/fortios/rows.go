package fortios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
)

// pageSize is how many rows are asked for at once; walks is how often a table that changes under
// the reader is read anew.
const (
	pageSize = 1000
	walks    = 3
)

var errMoving = errors.New("the table was changed while it was read, three times over")

// Rows reads a whole table in pages. A table whose revision changes between two pages is read
// anew, for a row may have moved from one page to another unseen.
func Rows[T any](ctx context.Context, b *Batch, path string, query url.Values) ([]T, error) {
	for range walks {
		rows, steady, err := walk[T](ctx, b, path, query)
		if err != nil || steady {
			return rows, err
		}
	}
	return nil, lost("GET "+path, errMoving)
}

// walk reads the table once; steady is false when it changed on the way.
func walk[T any](ctx context.Context, b *Batch, path string, query url.Values) (rows []T, steady bool, err error) {
	var first Envelope
	var last json.RawMessage
	for {
		env, err := b.Get(ctx, path, page(query, len(rows)))
		if err != nil {
			return nil, false, err
		}
		if len(rows) == 0 {
			first = env
		}
		if env.Revision != first.Revision {
			return nil, false, nil
		}
		if last != nil && bytes.Equal(env.Results, last) { // a device that ignores the start gives the same page for ever
			return rows, true, nil
		}
		more, err := decodeRows[T](path, env.Results)
		if err != nil {
			return nil, false, err
		}
		rows, last = append(rows, more...), env.Results
		if len(more) != pageSize {
			return rows, true, nil
		}
	}
}

func page(query url.Values, start int) url.Values {
	q := url.Values{}
	maps.Copy(q, query)
	q.Set("start", strconv.Itoa(start))
	q.Set("count", strconv.Itoa(pageSize))
	return q
}

func decodeRows[T any](path string, results json.RawMessage) ([]T, error) {
	var rows []T
	if len(results) == 0 {
		return nil, lost("GET "+path, errors.New("the answer has no results"))
	}
	if err := json.Unmarshal(results, &rows); err != nil {
		return nil, lost("GET "+path, fmt.Errorf("the results are no list as expected: %w", err))
	}
	return rows, nil
}

// One reads one entry by its key. Its results come as a list of one or as an object.
func One[T any](ctx context.Context, b *Batch, path string) (T, error) {
	var one T
	env, err := b.Get(ctx, path, nil)
	if err != nil {
		return one, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(env.Results), []byte("[")) {
		rows, err := decodeRows[T](path, env.Results)
		if err != nil {
			return one, err
		}
		if len(rows) != 1 {
			return one, lost("GET "+path, fmt.Errorf("%d entries instead of one", len(rows)))
		}
		return rows[0], nil
	}
	if err := json.Unmarshal(env.Results, &one); err != nil {
		return one, lost("GET "+path, fmt.Errorf("the result is no entry as expected: %w", err))
	}
	return one, nil
}

// AtLeast reports that a version ("v7.4.5") is not older than another. An unreadable one is.
func AtLeast(version, wanted string) bool {
	have, want := numbers(version), numbers(wanted)
	for i := range want {
		if have[i] != want[i] {
			return have[i] > want[i]
		}
	}
	return true
}

func numbers(version string) (n [3]int) {
	for i, part := range strings.SplitN(strings.TrimPrefix(version, "v"), ".", len(n)) {
		n[i], _ = strconv.Atoi(part) // what is no number counts as 0, and so as old
	}
	return n
}
