package lab

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// list answers a GET of a table or of one object, which is an array of one.
func (f *FortiGate) list(t *fortiTable, q *fortiRequest, e *fortiEnvelope) error {
	rows, err := t.selected(q)
	if err != nil {
		return err
	}
	if q.key() != "" {
		e.MKey = rows[0][t.schema.key]
	}
	size, matched := len(t.rows), len(rows)
	start, count := window(q, matched)
	page := rows[start : start+count]
	next, limited := start+count, start+count < matched
	e.Size, e.Matched, e.Next, e.LimitReached = &size, &matched, &next, &limited
	e.Results = views(page, t.schema.key, q.query.Get("format"))
	return nil
}

func (t *fortiTable) selected(q *fortiRequest) ([]fortiRow, error) {
	filters, err := parseFortiFilters(q.query["filter"])
	if err != nil {
		return nil, err
	}
	if q.key() != "" {
		row, ok := t.rows[q.key()]
		if !ok {
			return nil, noSuchEntry(q.key())
		}
		return []fortiRow{row}, nil
	}
	by := q.query.Get("sort")
	return t.view(strings.Join(append(q.query["filter"], by), "\x00"), func() []fortiRow {
		rows := slices.DeleteFunc(t.all(), func(row fortiRow) bool { return !filters.match(row) })
		sortRows(rows, by)
		return rows
	}), nil
}

// window is the part of n rows that start and count ask for.
func window(q *fortiRequest, n int) (start, count int) {
	start, _ = strconv.Atoi(q.query.Get("start")) // absent: from the first
	start = min(max(start, 0), n)
	count, err := strconv.Atoi(q.query.Get("count"))
	if err != nil || count < 0 {
		count = n
	}
	return start, min(count, n-start)
}

func views(rows []fortiRow, key, format string) []fortiView {
	var fields []string
	if format != "" {
		fields = strings.Split(format, "|")
	}
	out := make([]fortiView, len(rows))
	for i, row := range rows {
		out[i] = fortiView{row: row, key: key, fields: fields}
	}
	return out
}

// sortRows orders by "field,asc" or "field,dsc".
func sortRows(rows []fortiRow, by string) {
	field, direction, _ := strings.Cut(by, ",")
	if field == "" {
		return
	}
	slices.SortStableFunc(rows, func(a, b fortiRow) int {
		c := compareFields(a[field], b[field])
		if direction == "dsc" {
			return -c
		}
		return c
	})
}

func compareFields(a, b any) int {
	if x, ok := a.(int); ok {
		y, _ := b.(int)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(asText(a), asText(b))
}
