package vectra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/var-project/var/pkg/entity"
)

// pageSize is how many objects are asked for at once.
const pageSize = 1000

var (
	// errStop ends a walk early and is no failure.
	errStop = errors.New("enough")
	// errMany ends a walk that was to be made only if it had one page.
	errMany = errors.New("there are more pages")
)

// walk is one reading of a whole collection, page after page. Within a walk each id is
// folded once: lists are no snapshots, and objects move between pages.
type walk[T any] struct {
	c    *Console
	path string
	// query must be obeyed; extra is left out when the brain refuses it.
	query, extra url.Values
	read         rowReader[T]
	// fold gets each page once it is whole, without rows that were folded before. Nothing of a page outlives it
	// but what fold keeps.
	fold func(rows []T) error
	// strict: fewer rows than the brain counts are a failure in any order, also where a page is missing.
	strict bool

	seen  idSet
	pages int
	idle  int
	// What each page uses anew.
	body   bytes.Buffer
	reader *reader
	at     page[T]
	fresh  []T
}

// run follows the pages to the end.
func (w *walk[T]) run(ctx context.Context) error {
	w.reader = newReader(nil)
	query, err := w.first(ctx)
	for {
		if err != nil {
			return err
		}
		if err := w.take(); err != nil {
			return ended(err)
		}
		if w.at.next == "" {
			return w.complete(query)
		}
		if query, err = w.following(query, w.at.next); err != nil {
			return err
		}
		count := w.at.count
		if err = w.page(ctx, query); missing(err) {
			return w.shrunk(ctx, count, err)
		}
	}
}

// few is run where there is one page, and errMany without a fold where there are more.
func (w *walk[T]) few(ctx context.Context) error {
	w.reader = newReader(nil)
	query, err := w.first(ctx)
	switch {
	case err != nil:
		return err
	case w.at.next != "":
		return errMany
	}
	if err := w.take(); err != nil {
		return ended(err)
	}
	return w.complete(query)
}

func ended(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// first reads the first page, without the optional parameters when the brain refuses them:
// unknown ones give 400 on some endpoints of some releases. It answers with what was asked.
func (w *walk[T]) first(ctx context.Context) (url.Values, error) {
	if _, refused := w.c.refused.Load(w.path); refused || len(w.extra) == 0 {
		return w.query, w.page(ctx, w.query)
	}
	full := maps.Clone(w.query)
	maps.Copy(full, w.extra)
	refusal := w.page(ctx, full)
	if !hasStatus(refusal, http.StatusBadRequest) {
		return full, refusal
	}
	err := w.page(ctx, w.query)
	if err == nil {
		w.c.log.InfoContext(ctx, "brain refuses optional parameters", "path", w.path, "error", refusal)
		w.c.refused.Store(w.path, true)
	}
	return w.query, err
}

// page reads one page into w.at.
func (w *walk[T]) page(ctx context.Context, query url.Values) error {
	k := get(w.path, query)
	k.limit, k.into = maxPage, &w.body
	a, err := w.c.do(ctx, k)
	if err != nil {
		return err
	}
	switch err := w.at.scan(w.reader, a.body, w.read); {
	case errors.Is(err, ErrIncomplete):
		return problem(entity.Transient, "%s: %w", k, err)
	case err != nil:
		return malformed(k, a.body, err)
	}
	return nil
}

// following makes the query of the next page: what we asked for, with the place that the
// brain tells. Its scheme, host, path and API version may be wrong and are not used.
func (w *walk[T]) following(query url.Values, next string) (url.Values, error) {
	u, err := url.Parse(next)
	if err != nil {
		return nil, problem(entity.Transient, "GET %s: the address of the next page is broken: %w", w.path, ErrIncomplete)
	}
	merged := maps.Clone(query)
	for key, values := range u.Query() {
		if _, ours := query[key]; !ours || key == "page" || key == "page_size" {
			merged[key] = values
		}
	}
	return merged, nil
}

// sparse is a page without anything new; so many in a row mean that the brain repeats itself.
const sparse = 3

var errEndless = fmt.Errorf("its pages repeat without an end: %w", ErrIncomplete)

// take folds what is new on a page.
func (w *walk[T]) take() error {
	w.pages++
	w.fresh = w.fresh[:0]
	for _, row := range w.at.rows {
		if w.seen.add(row.id) {
			w.fresh = append(w.fresh, row.row)
		}
	}
	if w.idle++; len(w.fresh) > 0 {
		w.idle = 0
	}
	if w.idle >= sparse && w.at.next != "" {
		return problem(entity.Transient, "GET %s: %w", w.path, errEndless)
	}
	return w.fold(w.fresh)
}

// missing is the answer to a page past the end. Only a brain says it in JSON or without
// words; a proxy's page of HTML is no end.
func missing(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == http.StatusNotFound && !s.foreign
}

// shrunk ends a walk whose next page is not there: the collection became smaller meanwhile.
func (w *walk[T]) shrunk(ctx context.Context, count int, err error) error {
	if w.strict && w.seen.n < count {
		return problem(entity.Transient, "GET %s: %d of %d were listed when a page was missing: %w", w.path, w.seen.n, count, ErrIncomplete)
	}
	w.c.log.InfoContext(ctx, "list shrank while it was read", "path", w.path, "listed", w.seen.n, "counted", count, "error", err)
	return nil
}

// complete ends a walk at its last page. On a single one, and in the order of ids, no row slips past unseen while
// others come and go: fewer than the brain counts are not all.
func (w *walk[T]) complete(query url.Values) error {
	still := w.strict || w.pages == 1 || query.Get("ordering") == "id"
	if still && w.seen.n < w.at.count {
		return problem(entity.Transient, "GET %s: %d of %d were listed: %w", w.path, w.seen.n, w.at.count, ErrIncomplete)
	}
	return nil
}
