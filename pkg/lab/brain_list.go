package lab

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const (
	defaultPageSize = 50
	largestPageSize = 5000
)

// listing is one collection of the API: its rows, how they are chosen, ordered and shown.
type listing[T any] struct {
	path   string
	rows   func(c *brainCall) []*T
	params map[string]param[T]
	order  map[string]func(a, b *T) int
	show   func(c *brainCall, row *T) jsonObject
	// preset chooses rows when the caller does not; nil chooses all.
	preset func(c *brainCall) func(*T) bool
}

// param is one query parameter: which versions know it, and what it chooses. A nil choose chooses nothing.
type param[T any] struct {
	known  func(v apiVersion) bool
	choose func(c *brainCall, value string) (func(*T) bool, bool)
}

// listParams are known everywhere that lists are.
var listParams = []string{"page", "page_size", "ordering"}

func (l *listing[T]) serve(b *Brain, c *brainCall) brainAnswer {
	tests, refusal := l.tests(c)
	if refusal != nil {
		return *refusal
	}
	window, refusal := windowOf(c)
	if refusal != nil {
		return *refusal
	}
	rows := listOf(&b.lists, c.edition, l.key(c, window), func() []*T { return l.ordered(c, l.chosen(c, tests), window) })
	return l.answer(c, rows, window)
}

// key tells lists apart: by all that is asked for but the page, whose number counts where ties have no order.
func (l *listing[T]) key(c *brainCall, w listWindow) string {
	query := maps.Clone(c.query)
	for _, name := range []string{"page", "page_size", "fields", "exclude_fields"} {
		delete(query, name)
	}
	if c.quirks.UnstableTies {
		query.Set("page", strconv.Itoa(w.page%2))
	}
	return c.version.String() + " " + l.path + "?" + query.Encode()
}

// tests turns the query into conditions, or into the refusal that a strict brain gives.
func (l *listing[T]) tests(c *brainCall) ([]func(*T) bool, *brainAnswer) {
	var tests []func(*T) bool
	var unknown []string
	for name, values := range c.query {
		p, ok := l.params[name]
		if !ok || !p.known(c.version) {
			if !slices.Contains(listParams, name) {
				unknown = append(unknown, name)
			}
			continue
		}
		if p.choose == nil || values[0] == "" {
			continue
		}
		test, ok := p.choose(c, values[0])
		if !ok {
			bad := badValue(name)
			return nil, &bad
		}
		tests = append(tests, test)
	}
	if len(unknown) > 0 && c.quirks.StrictQuery {
		sort.Strings(unknown)
		bad := badParameters(strings.Join(unknown, ", "))
		return nil, &bad
	}
	if l.preset != nil {
		if test := l.preset(c); test != nil {
			tests = append(tests, test)
		}
	}
	return tests, nil
}

func (l *listing[T]) chosen(c *brainCall, tests []func(*T) bool) []*T {
	rows := l.rows(c)
	if len(tests) == 0 {
		return rows
	}
	out := make([]*T, 0, min(len(rows), largestPageSize))
	for _, row := range rows {
		if passes(row, tests) {
			out = append(out, row)
		}
	}
	return out
}

func passes[T any](row *T, tests []func(*T) bool) bool {
	for _, test := range tests {
		if !test(row) {
			return false
		}
	}
	return true
}

// ordered sorts a copy: rows may be the estate's own.
func (l *listing[T]) ordered(c *brainCall, rows []*T, w listWindow) []*T {
	key, down := strings.CutPrefix(c.query.Get("ordering"), "-")
	compare, ok := l.order[key]
	if !ok || key == "id" && !down { // the order in which rows are held
		return rows
	}
	rows = slices.Clone(rows)
	if c.quirks.UnstableTies && w.page%2 == 0 {
		slices.Reverse(rows)
	}
	slices.SortStableFunc(rows, func(a, b *T) int {
		if down {
			return compare(b, a)
		}
		return compare(a, b)
	})
	return rows
}

func (l *listing[T]) answer(c *brainCall, rows []*T, w listWindow) brainAnswer {
	start, end := w.bounds(len(rows))
	if w.page > 1 && start >= len(rows) || c.quirks.LostPage > 0 && w.page >= c.quirks.LostPage {
		return invalidPage(c, w.page)
	}
	if w.page > 1 {
		start = max(0, start-c.quirks.RepeatRows)
	}
	shown := make([]jsonObject, 0, end-start)
	for _, row := range rows[start:end] {
		shown = append(shown, trimmed(c, l.show(c, row)))
	}
	return paged(c, w, len(rows), shown)
}

// paged is the envelope of every collection. It is written at once, while the estate cannot change.
func paged[T any](c *brainCall, w listWindow, count int, rows []T) brainAnswer {
	var next, previous any
	if w.page*w.size < count {
		next = w.link(c, w.page+1)
	}
	if w.page > 1 {
		previous = w.link(c, w.page-1)
	}
	return brainAnswer{http.StatusOK, appendObject(nil, jsonObject{
		{"count", count}, {"next", next}, {"previous", previous}, {"results", rows},
	})}
}

func invalidPage(c *brainCall, page int) brainAnswer {
	if c.version.rux() {
		return detail(http.StatusNotFound, `Invalid page "`+strconv.Itoa(page)+`": That page contains no results.`)
	}
	return detail(http.StatusNotFound, "Invalid page.")
}

// listWindow is the page that is asked for.
type listWindow struct{ page, size int }

func windowOf(c *brainCall) (listWindow, *brainAnswer) {
	w := listWindow{page: 1, size: defaultPageSize}
	if text := c.query.Get("page_size"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			bad := badValue("page_size")
			return w, &bad
		}
		w.size = min(n, largestPageSize)
	}
	if text := c.query.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			bad := detail(http.StatusNotFound, "Invalid page.")
			return w, &bad
		}
		w.page = n
	}
	return w, nil
}

func (w listWindow) bounds(count int) (start, end int) {
	return min((w.page-1)*w.size, count), min(w.page*w.size, count)
}

func (w listWindow) link(c *brainCall, page int) string {
	query := url.Values{}
	for key, values := range c.query {
		query[key] = values
	}
	query.Set("page", strconv.Itoa(page))
	query.Set("page_size", strconv.Itoa(w.size))
	return c.base + "/" + c.path + "?" + query.Encode()
}

// trimmed applies fields and exclude_fields.
func trimmed(c *brainCall, o jsonObject) jsonObject {
	if fields := c.query.Get("fields"); fields != "" && fieldsKnown(c) {
		names := strings.Split(fields, ",")
		return o.only(func(key string) bool { return slices.Contains(names, key) })
	}
	if fields := c.query.Get("exclude_fields"); fields != "" && c.version.since(never, 4) {
		names := strings.Split(fields, ",")
		return o.only(func(key string) bool { return !slices.Contains(names, key) })
	}
	return o
}

// fieldsKnown: entities have had fields only since 3.4.
func fieldsKnown(c *brainCall) bool {
	return !strings.HasPrefix(c.path, "entities") || c.version.since(never, 4)
}
