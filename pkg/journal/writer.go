package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// write runs one transaction; its commit is durable. One transaction writes at a time, on a server too: what
// it reads stays true until it ends.
func (j *Journal) write(ctx context.Context, steps func(*writer) error) error {
	var commits int64
	holds := false
	err := j.commit(ctx, func(w *writer) error {
		if !w.get(`update counter set last = last + 1 where name = 'commit' returning last`, nil, &w.commits) && w.err == nil {
			return &rotten{"it counts no commits"}
		}
		commits = w.commits
		if w.err != nil {
			return w.err
		}
		if err := steps(w); err != nil {
			return err
		}
		w.tally()
		holds = w.holds
		return w.err
	})
	if err == nil {
		j.mark.set(commits)
		if !holds {
			j.last.passed(commits)
		}
		failpoint.Hit("journal.noted")
	}
	return err
}

// commit is the one place where the journal changes.
func (j *Journal) commit(ctx context.Context, steps func(*writer) error) error {
	return j.transact(ctx, nil, func(tx *sql.Tx) error {
		w := &writer{ctx: ctx, tx: tx, direct: j.server, stmts: map[string]*sql.Stmt{}, changes: map[string]change{}}
		if err := first(steps(w), w.err); err != nil {
			return err
		}
		failpoint.Hit("journal.commit")
		err := tx.Commit()
		failpoint.Hit("journal.committed")
		return err
	})
}

// read runs queries that see one state of the journal.
func (j *Journal) read(ctx context.Context, queries func(*sql.Tx) error) error {
	return j.transact(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, queries)
}

func (j *Journal) transact(ctx context.Context, opts *sql.TxOptions, steps func(*sql.Tx) error) error {
	return j.explain(j.attempt(ctx, opts, steps))
}

func (j *Journal) attempt(ctx context.Context, opts *sql.TxOptions, steps func(*sql.Tx) error) error {
	j.gate.RLock()
	defer j.gate.RUnlock()
	if j.damage != nil {
		return j.damage
	}
	tx, err := j.db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return steps(tx)
}

// writer is one transaction that remembers its first error, with its statements prepared once; direct: the driver
// of a server does that by itself.
type writer struct {
	ctx     context.Context
	tx      *sql.Tx
	direct  bool
	stmts   map[string]*sql.Stmt
	changes map[string]change
	commits int64
	// holds: what is held was changed.
	holds bool
	// lastID is the last id that was given, endID the last that may be.
	lastID, endID int64
	err           error
}

// prepare makes the statement of a query when there is none.
func (w *writer) prepare(query string) {
	if w.stmts[query] != nil || w.err != nil {
		return
	}
	stmt, err := w.tx.PrepareContext(w.ctx, query) //nolint:sqlclosecheck // it closes with its transaction
	w.stmts[query], w.err = stmt, err
}

// exec changes rows and says how many.
func (w *writer) exec(query string, args ...any) (rows int64) {
	res, err := w.run(query, args)
	if err == nil {
		rows, err = res.RowsAffected()
	}
	w.err = first(w.err, err)
	return rows
}

func (w *writer) run(query string, args []any) (sql.Result, error) {
	if w.direct && w.err == nil {
		return w.tx.ExecContext(w.ctx, query, args...)
	}
	if w.prepare(query); w.err != nil {
		return nil, w.err
	}
	return w.stmts[query].ExecContext(w.ctx, args...)
}

// get reads one row and says whether there is one.
func (w *writer) get(query string, args []any, into ...any) bool {
	row := w.row(query, args)
	if w.err != nil {
		return false
	}
	err := row.Scan(into...)
	if !errors.Is(err, sql.ErrNoRows) {
		w.err = err
	}
	return err == nil
}

// rows asks for many rows.
func (w *writer) rows(query string, args []any) (*sql.Rows, error) {
	if w.direct && w.err == nil {
		return w.tx.QueryContext(w.ctx, query, args...)
	}
	if w.prepare(query); w.err != nil {
		return nil, w.err
	}
	return w.stmts[query].QueryContext(w.ctx, args...)
}

func (w *writer) row(query string, args []any) *sql.Row {
	if w.direct && w.err == nil {
		return w.tx.QueryRowContext(w.ctx, query, args...)
	}
	if w.prepare(query); w.err != nil {
		return nil
	}
	return w.stmts[query].QueryRowContext(w.ctx, args...)
}

// block is how many ids are taken at once; those that are left over are never used.
const block = 64

// id is a new id.
func (w *writer) id() int64 {
	if w.lastID == w.endID {
		w.reserve(block)
	}
	w.lastID++
	return w.lastID
}

// reserve takes the next ids at once.
func (w *writer) reserve(n int) {
	if w.endID-w.lastID < int64(n) {
		w.get(`update counter set last = last + $1 where name = 'id' returning last`, []any{n}, &w.endID)
		w.lastID = w.endID - int64(n)
	}
}

// text is v as JSON. Journal values have no form that cannot be written.
func (w *writer) text(v any) string {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return plain(string(b))
}

// plain is text that every database takes: foreign bytes may be anything.
func plain(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}

// each calls scan for every row of a query.
func each(ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	return scanned(rows, err, scan)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func unreadable(what string, err error) error {
	return &rotten{fmt.Sprintf("%s cannot be read: %v", what, err)}
}
