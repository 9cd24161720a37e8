package journal

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// page is how many rows are changed at a time: a source may hold a hundred thousand.
const page = 500

// columns are all of a table, those of its key first.
func (t rowsOf) columns() []string { return slices.Concat(t.key, t.other) }

// rewrite changes the rows of a table with a value in a column, all rows when the column is empty, page by page in the
// order of their keys.
func (w *writer) rewrite(t rowsOf, column, value string, change func(map[string]string) error) {
	var last []string
	for w.err == nil {
		rows, sums := w.page(t, column, value, last)
		for i, old := range rows {
			row := map[string]string{}
			for n, name := range t.columns() {
				row[name] = old[n]
			}
			if w.err = first(w.err, change(row)); w.err == nil {
				w.replace(t, old, sums[i], row)
			}
		}
		if len(rows) < page {
			return
		}
		last = rows[len(rows)-1][:len(t.key)]
	}
}

// page reads the rows behind a key.
func (w *writer) page(t rowsOf, column, value string, last []string) (rows [][]string, sums []int64) {
	var where []string
	var args []any
	if column != "" {
		args = append(args, value)
		where = append(where, column+" = $1")
	}
	if last != nil {
		var marks []string
		for i, k := range last {
			args = append(args, t.value(t.key[i], k))
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
		where = append(where, fmt.Sprintf("(%s) > (%s)", strings.Join(t.key, ", "), strings.Join(marks, ", ")))
	}
	query := fmt.Sprintf("select %s, sum from %s", strings.Join(t.columns(), ", "), t.name)
	if len(where) > 0 {
		query += " where " + strings.Join(where, " and ")
	}
	query += fmt.Sprintf(" order by %s limit %d", strings.Join(t.key, ", "), page)
	found, err := w.rows(query, args)
	err = scanned(found, err, func(r *sql.Rows) error {
		row, stored, err := t.scan(r)
		rows, sums = append(rows, row), append(sums, stored)
		return err
	})
	w.err = first(w.err, err)
	return rows, sums
}

func (t rowsOf) scan(r *sql.Rows) (row []string, stored int64, err error) {
	row = make([]string, len(t.columns()))
	into := make([]any, 0, len(row)+1)
	for i := range row {
		into = append(into, &row[i])
	}
	if err := r.Scan(append(into, &stored)...); err != nil {
		return row, 0, err
	}
	return row, stored, verify(t.name, stored, row...)
}

// value is the text of a column as the database takes it.
func (t rowsOf) value(column, text string) any {
	if column == "at" || column == "id" && len(t.key) == 1 {
		n, _ := strconv.ParseInt(text, 10, 64) // it was one when it was read
		return n
	}
	return text
}

func (w *writer) replace(t rowsOf, old []string, oldSum int64, row map[string]string) {
	var set, where []string
	var args []any
	var now []string
	for _, name := range t.columns() {
		args = append(args, t.value(name, row[name]))
		set = append(set, fmt.Sprintf("%s = $%d", name, len(args)))
		now = append(now, row[name])
	}
	s := sum(t.name, now...)
	args = append(args, s)
	set = append(set, fmt.Sprintf("sum = $%d", len(args)))
	for i, name := range t.key {
		args = append(args, t.value(name, old[i]))
		where = append(where, fmt.Sprintf("%s = $%d", name, len(args)))
	}
	w.exec(fmt.Sprintf("update %s set %s where %s", t.name, strings.Join(set, ", "), strings.Join(where, " and ")), args...)
	w.removed(t.name, oldSum)
	w.added(t.name, s)
}

// row gives what changes the rows of a table.
func (r Renaming) row(t rowsOf, w *writer) func(map[string]string) error {
	return func(row map[string]string) error {
		if column := string(r.Kind); r.Kind != RenamedDevice && row[column] == r.Old {
			row[column] = r.New
		}
		switch t.name {
		case ofHolding.name:
			return r.holding(row, w)
		case ofPerson.name:
			return r.order(row, w)
		case ofIntent.name:
			return r.intent(row, w)
		}
		return nil
	}
}

func (r Renaming) holding(row map[string]string, w *writer) error {
	k := holdingKey{entity.Ref{Source: row["source"], Kind: entity.Kind(row["kind"]), ID: row["id"]}, row["blocker"]}
	var kept keptHolding
	if err := kept.read(k, []byte(row["data"])); err != nil {
		return err
	}
	kept.Target.Ref = k.ref
	if r.Kind == RenamedDevice {
		r.inLists(kept.Devices, kept.Missing)
		for i := range kept.Unable {
			kept.Unable[i].Device = r.device(kept.Unable[i].Device)
		}
		kept.Place = r.place(kept.Place)
	}
	row["data"] = w.text(kept)
	return nil
}

func (r Renaming) order(row map[string]string, w *writer) error {
	var kept keptOrder
	if err := json.Unmarshal([]byte(row["data"]), &kept); err != nil {
		return unreadable("an order", err)
	}
	kept.Target.Source = row["source"]
	row["data"] = w.text(kept)
	return nil
}

func (r Renaming) intent(row map[string]string, w *writer) error {
	var kept keptIntent
	if err := json.Unmarshal([]byte(row["data"]), &kept); err != nil {
		return unreadable("intent "+row["id"], err)
	}
	kept.Target.Source = row["source"]
	switch {
	case r.Kind == RenamedBlocker && kept.Blocker == r.Old:
		kept.Blocker = r.New
	case r.Kind == RenamedDevice && kept.Blocker == r.Blocker:
		r.inLists(kept.Devices)
	}
	row["data"] = w.text(kept)
	return nil
}

func (r Renaming) device(name string) string {
	if name == r.Old {
		return r.New
	}
	return name
}

// inLists writes the new name into lists of devices.
func (r Renaming) inLists(lists ...[]string) {
	for _, list := range lists {
		for i, name := range list {
			list[i] = r.device(name)
		}
		slices.Sort(list)
	}
}

// place writes the new name into a place; see entity.PlaceOf.
func (r Renaming) place(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if rest, is := strings.CutPrefix(line, "device "+r.Old+" = "); is {
			lines[i] = "device " + r.New + " = " + rest
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
