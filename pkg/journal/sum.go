package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the checksum of a row: 32 bits, so that a table's sums add up in a bigint.
func sum(table string, columns ...string) int64 {
	row := column(nil, table)
	for _, c := range columns {
		row = column(row, c)
	}
	return sumOf(row)
}

func sumOf(row []byte) int64 { return int64(crc32.Checksum(row, castagnoli)) }

// column appends a column to the text of a row, such that no two rows have one text.
func column[T ~string | ~[]byte](row []byte, c T) []byte {
	row = append(strconv.AppendInt(row, int64(len(c)), 10), ':')
	return append(row, c...)
}

// change is how a transaction alters the tally of a table.
type change struct{ many, sum int64 }

// added and removed keep the tally of a table in step with its rows.
func (w *writer) added(table string, sum int64) { w.changed(table, 1, sum) }

func (w *writer) removed(table string, sum int64) { w.changed(table, -1, -sum) }

func (w *writer) changed(table string, many, sum int64) {
	c := w.changes[table]
	w.changes[table] = change{c.many + many, c.sum + sum}
}

func (w *writer) tally() {
	for table, c := range w.changes {
		w.exec(`update tally set many = many + $1, sum = sum + $2 where name = $3`, c.many, c.sum, table)
	}
}

// remove deletes at most one row of a table.
func (w *writer) remove(table, query string, args ...any) {
	var old int64
	if w.get(query+` returning sum`, args, &old) {
		w.removed(table, old)
	}
}

// audit checks each row of a table that is read whole, and that none is missing.
type audit struct {
	table string
	found change
	text  []byte
}

// row checks one row: its stored sum against its columns.
func (a *audit) row(stored int64, columns ...string) error {
	a.begin()
	for _, c := range columns {
		a.text = column(a.text, c)
	}
	return a.end(stored)
}

// bytes is row for columns that are not strings yet.
func (a *audit) bytes(stored int64, columns ...sql.RawBytes) error {
	a.begin()
	for _, c := range columns {
		a.text = column(a.text, c)
	}
	return a.end(stored)
}

func (a *audit) begin() { a.text = column(a.text[:0], a.table) }

func (a *audit) end(stored int64) error {
	a.found.many++
	a.found.sum += stored
	if stored != sumOf(a.text) {
		return changedByItself(a.table)
	}
	return nil
}

func verify(table string, stored int64, columns ...string) error {
	if stored != sum(table, columns...) {
		return changedByItself(table)
	}
	return nil
}

func changedByItself(table string) error {
	return &rotten{fmt.Sprintf("a row of the table %s has changed by itself", table)}
}

// whole checks that all rows were there.
func (a *audit) whole(ctx context.Context, tx *sql.Tx) error {
	var want change
	err := tx.QueryRowContext(ctx, `select many, sum from tally where name = $1`, a.table).Scan(&want.many, &want.sum)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if a.found != want {
		return &rotten{fmt.Sprintf("the table %s has %d rows where %d were written", a.table, a.found.many, want.many)}
	}
	return nil
}
