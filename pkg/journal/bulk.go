package journal

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// chunk is how many rows one statement writes or asks for. A server answers each statement after a way through the
// network; a statement of a hundred rows is far below what either database takes.
const chunk = 100

// among asks for, or takes away, the rows with one of many values in a column. query ends with "in", end follows.
type among[V any] struct {
	query string
	args  []any
	end   string
}

// asker runs queries.
type asker struct {
	server bool
	query  func(query string, args []any) (*sql.Rows, error)
}

// in asks within a transaction.
func (j *Journal) in(ctx context.Context, tx *sql.Tx) asker {
	return asker{j.server, func(query string, args []any) (*sql.Rows, error) { return tx.QueryContext(ctx, query, args...) }}
}

func (w *writer) asker() asker { return asker{w.direct, w.rows} }

// statements are those that deal with all values.
func (a among[V]) statements(server bool, values []V) iter.Seq2[string, []any] {
	return func(yield func(string, []any) bool) {
		for some := range slices.Chunk(values, chunk) {
			args := slices.Clone(a.args)
			for _, v := range some {
				args = append(args, v)
			}
			if !yield(a.query+marks(server, len(a.args), len(some))+" "+a.end, args) {
				return
			}
		}
	}
}

// each calls scan for every row.
func (a among[V]) each(ask asker, values []V, scan func(*sql.Rows) error) error {
	for query, args := range a.statements(ask.server, values) {
		rows, err := ask.query(query, args)
		if err := scanned(rows, err, scan); err != nil {
			return err
		}
	}
	return nil
}

// marks are the places of n values behind others: "($3, $4)" on a server. In a file they have no names, since the
// driver looks a name up by going through all of them.
func marks(server bool, after, n int) string {
	if !server {
		return "(?" + strings.Repeat(", ?", n-1) + ")"
	}
	var b strings.Builder
	for i := range n {
		b.WriteString(", $")
		b.WriteString(strconv.Itoa(after + i + 1))
	}
	return "(" + strings.TrimPrefix(b.String(), ", ") + ")"
}

func scanned(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// insert writes rows into a table, many with one statement. clause says what to do where one is there already; no two
// rows may have one key.
func (w *writer) insert(into, clause string, rows [][]any) {
	for some := range slices.Chunk(rows, chunk) {
		var args []any
		var values []string
		for _, row := range some {
			values = append(values, marks(w.direct, len(args), len(row)))
			args = append(args, row...)
		}
		w.exec(`insert into `+into+` values `+strings.Join(values, ", ")+` `+clause, args...)
	}
}

// removeAmong deletes rows of a table that has a tally, and says how many.
func removeAmong[V any](w *writer, table string, a among[V], values []V) (removed int) {
	a.end = "returning sum"
	err := a.each(w.asker(), values, func(rows *sql.Rows) error {
		var old int64
		err := rows.Scan(&old)
		w.removed(table, old)
		removed++
		return err
	})
	w.err = first(w.err, err)
	return removed
}
