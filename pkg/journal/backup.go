package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// kept are the tables that a backup holds, apart from the counters: all but the leases.
var kept = []string{"meta", "tally", "holding", "element", "raw", "intent", "note", "person", "history", "placed"}

// Backup writes all that the journal says into a file of its own, which may not be there yet. It is a journal too,
// whole or not there at all; whoever uses this one goes on meanwhile. A damaged journal is not copied.
func (j *Journal) Backup(ctx context.Context, path string) error {
	return j.saveTo(ctx, path, trusted)
}

func (j *Journal) saveTo(ctx context.Context, path string, check func(context.Context, *sql.Tx) error) (err error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return first(err, fmt.Errorf("backup %s: it is there already: name another file", path))
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("backup %s: %w", path, errors.Join(err, os.RemoveAll(part)))
		}
	}()
	to, err := openPlain(ctx, part, part)
	if err != nil {
		return err
	}
	if err := errors.Join(j.copyTo(ctx, to, check), to.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// openPlain opens a file that no other process knows of, of any schema that this program knows.
func openPlain(ctx context.Context, path, name string) (*Journal, error) {
	if err := lay(path); err != nil {
		return nil, err
	}
	db, err := connect(path, writing)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	j := &Journal{db: db, store: file{name}, leases: newLocal(nil)}
	if err := j.openPlain(ctx, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

func (j *Journal) openPlain(ctx context.Context, path string) error {
	if err := j.check(ctx, path); err != nil {
		return j.explain(err)
	}
	err := j.known(ctx)
	if errors.Is(err, ErrAbsent) {
		err = j.migrate(ctx)
	}
	return err
}

// copyTo replaces all that another journal says, in one commit, when it passes a check.
func (j *Journal) copyTo(ctx context.Context, to *Journal, check func(context.Context, *sql.Tx) error) error {
	return j.read(ctx, func(from *sql.Tx) error {
		if err := check(ctx, from); err != nil {
			return err
		}
		return to.write(ctx, func(w *writer) error { return w.copy(from) })
	})
}

// trusted checks every row that is checked anywhere.
func trusted(ctx context.Context, tx *sql.Tx) error {
	_, err1 := allMeta(ctx, tx)
	_, err2 := holdings(ctx, tx)
	_, err3 := intents(ctx, tx)
	_, err4 := allNotes(ctx, tx)
	_, err5 := allOrders(ctx, tx)
	return first(err1, err2, err3, err4, err5, auditRaws(ctx, tx))
}

func (w *writer) copy(from *sql.Tx) error {
	w.holds = true
	for _, table := range kept {
		w.exec(`delete from ` + table)
		if err := each(w.ctx, from, w.copyRow(table), `select * from `+table); err != nil {
			return err
		}
	}
	return first(w.err, each(w.ctx, from, w.copyCounter, `select name, last from counter`))
}

// copyRow writes a row into the table of the same name.
func (w *writer) copyRow(table string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, into, marks := make([]any, len(columns)), make([]any, len(columns)), make([]string, len(columns))
		for i := range columns {
			into[i], marks[i] = &values[i], fmt.Sprintf("$%d", i+1)
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		w.exec(`insert into `+table+` (`+strings.Join(columns, ", ")+`) values (`+strings.Join(marks, ", ")+`)`, values...)
		return w.err
	}
}

// copyCounter lets no counter go back: what was counted in the journal that is replaced may be remembered elsewhere.
func (w *writer) copyCounter(rows *sql.Rows) error {
	var name string
	var last int64
	if err := rows.Scan(&name, &last); err != nil {
		return err
	}
	w.exec(`update counter set last = $1 where name = $2 and last < $1`, last, name)
	return w.err
}
