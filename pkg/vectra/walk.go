package vectra

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// pageSize is how many objects are asked for at once.
const pageSize = 1000

// errStop ends a walk early and is no failure.
var errStop = errors.New("enough")

// walk is one reading of a whole collection, page after page. Within a walk each id is
// folded once: lists are no snapshots, and objects move between pages.
type walk struct {
	c    *Console
	path string
	// query must be obeyed; extra is left out when the brain refuses it.
	query, extra url.Values
	// fold gets each page once it is whole, without rows that were folded before.
	fold func(rows []json.RawMessage) error
	// strict: fewer rows than the brain counts are a failure in any order, also where a page is missing.
	strict bool

	seen  map[string]bool
	pages int
	idle  int
}

// run follows the pages to the end.
func (w *walk) run(ctx context.Context) error {
	w.seen = map[string]bool{}
	query, p, err := w.first(ctx)
	for {
		if err != nil {
			return err
		}
		if err := w.take(p); err != nil {
			return ended(err)
		}
		if p.next == "" {
			return w.complete(query, p)
		}
		if query, err = w.following(query, p.next); err != nil {
			return err
		}
		var last page
		if last, err = w.page(ctx, query); missing(err) {
			return w.shrunk(ctx, p, err)
		}
		p = last
	}
}

func ended(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// first reads the first page, without the optional parameters when the brain refuses them:
// unknown ones give 400 on some endpoints of some releases.
func (w *walk) first(ctx context.Context) (url.Values, page, error) {
	if _, refused := w.c.refused.Load(w.path); refused || len(w.extra) == 0 {
		p, err := w.page(ctx, w.query)
		return w.query, p, err
	}
	full := maps.Clone(w.query)
	maps.Copy(full, w.extra)
	p, refusal := w.page(ctx, full)
	if !hasStatus(refusal, http.StatusBadRequest) {
		return full, p, refusal
	}
	p, err := w.page(ctx, w.query)
	if err == nil {
		w.c.log.InfoContext(ctx, "brain refuses optional parameters", "path", w.path, "error", refusal)
		w.c.refused.Store(w.path, true)
	}
	return w.query, p, err
}

func (w *walk) page(ctx context.Context, query url.Values) (page, error) {
	k := get(w.path, query)
	k.limit = maxPage
	a, err := w.c.do(ctx, k)
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(a.body)
	if err != nil {
		return page{}, malformed(k, a.body, err)
	}
	return p, nil
}

// following makes the query of the next page: what we asked for, with the place that the
// brain tells. Its scheme, host, path and API version may be wrong and are not used.
func (w *walk) following(query url.Values, next string) (url.Values, error) {
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

// take folds what is new on a page.
func (w *walk) take(p page) error {
	w.pages++
	var fresh []json.RawMessage
	for _, row := range p.rows {
		id, err := rowID(row)
		if err != nil {
			return problem(entity.Transient, "GET %s: %w: %w", w.path, err, ErrIncomplete)
		}
		if !w.seen[id] {
			w.seen[id] = true
			fresh = append(fresh, row)
		}
	}
	if w.idle++; len(fresh) > 0 {
		w.idle = 0
	}
	if w.idle >= sparse && p.next != "" {
		return problem(entity.Transient, "GET %s: %w", w.path, errEndless)
	}
	return w.fold(fresh)
}

// rowID is what makes a row the same: its id and type, or a row that is a plain text.
func rowID(row json.RawMessage) (string, error) {
	var o struct {
		ID   text
		UID  text
		Type text
		Kind text `json:"entity_type"`
	}
	if len(row) > 0 && row[0] != '{' {
		var t text
		_ = t.UnmarshalJSON(row)
		o.UID = t
	} else if err := unmarshal(row, &o); err != nil {
		return "", err
	}
	if o.ID == "" && o.UID == "" {
		return "", errors.New("a row has no id")
	}
	return strconv.Quote(string(o.ID)) + string(o.UID) + "\x00" + string(o.Type+o.Kind), nil
}

// missing is the answer to a page past the end. Only a brain says it in JSON or without
// words; a proxy's page of HTML is no end.
func missing(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == http.StatusNotFound && !s.foreign
}

// shrunk ends a walk whose next page is not there: the collection became smaller meanwhile.
func (w *walk) shrunk(ctx context.Context, p page, err error) error {
	if w.strict && len(w.seen) < p.count {
		return problem(entity.Transient, "GET %s: %d of %d were listed when a page was missing: %w", w.path, len(w.seen), p.count, ErrIncomplete)
	}
	w.c.log.InfoContext(ctx, "list shrank while it was read", "path", w.path, "listed", len(w.seen), "counted", p.count, "error", err)
	return nil
}

// complete ends a walk at its last page. On a single one, and in the order of ids, no row slips past unseen while
// others come and go: fewer than the brain counts are not all.
func (w *walk) complete(query url.Values, p page) error {
	still := w.strict || w.pages == 1 || query.Get("ordering") == "id"
	if still && len(w.seen) < p.count {
		return problem(entity.Transient, "GET %s: %d of %d were listed: %w", w.path, len(w.seen), p.count, ErrIncomplete)
	}
	return nil
}
