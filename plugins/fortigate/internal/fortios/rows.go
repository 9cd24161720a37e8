package fortios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
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

// Rows reads a whole table and keeps it.
func Rows[T any](ctx context.Context, b *Batch, path string, query url.Values) ([]T, error) {
	var rows []T
	err := Pages(ctx, b, path, query, func() { rows = nil }, func(page []T) { rows = append(rows, page...) })
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// Pages reads a whole table and hands each page on as it comes, so that only one is in memory. A table whose
// revision changes between two pages is read anew, for a row may have moved from one page to another unseen:
// begin is called before each reading, and voids what was taken before it. So does an error.
func Pages[T any](ctx context.Context, b *Batch, path string, query url.Values, begin func(), take func([]T)) error {
	for range walks {
		begin()
		steady, err := walk(ctx, b, path, query, take)
		if err != nil || steady {
			return err
		}
	}
	return lost("GET "+path, errMoving)
}

// walk reads the table once; steady is false when it changed on the way.
func walk[T any](ctx context.Context, b *Batch, path string, query url.Values, take func([]T)) (steady bool, err error) {
	var revision string
	var last []T
	for start := 0; ; start += len(last) {
		var rows []T
		env, err := b.Read(ctx, path, page(query, start), &rows)
		switch {
		case err != nil:
			return false, err
		case rows == nil:
			return false, lost("GET "+path, errors.New("the answer has no results"))
		case start == 0:
			revision = env.Revision
		case env.Revision != revision:
			return false, nil
		case reflect.DeepEqual(rows, last): // a device that ignores the start gives the same page for ever
			return true, nil
		}
		take(rows)
		if last = rows; len(rows) != pageSize {
			return true, nil
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

// One reads one entry by its key. Its results come as a list of one or as an object.
func One[T any](ctx context.Context, b *Batch, path string) (T, error) {
	var one T
	env, err := b.Get(ctx, path, nil)
	if err != nil {
		return one, err
	}
	var rows []T
	if !bytes.HasPrefix(bytes.TrimSpace(env.Results), []byte("[")) {
		err = json.Unmarshal(env.Results, &one)
		rows = []T{one}
	} else {
		err = json.Unmarshal(env.Results, &rows)
	}
	switch {
	case err != nil:
		return one, lost("GET "+path, fmt.Errorf("the result is no entry as expected: %w", err))
	case len(rows) != 1:
		return one, lost("GET "+path, fmt.Errorf("%d entries instead of one", len(rows)))
	}
	return rows[0], nil
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
