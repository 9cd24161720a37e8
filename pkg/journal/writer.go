package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/var-project/var/internal/failpoint"
	"github.com/var-project/var/pkg/entity"
)

// write runs one transaction; its commit is durable.
func (j *Journal) write(ctx context.Context, steps func(*writer) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	w := &writer{ctx: ctx, tx: tx, stmts: map[string]*sql.Stmt{}}
	if err := steps(w); err != nil {
		return errors.Join(fmt.Errorf("journal: %w", err), tx.Rollback())
	}
	failpoint.Hit("journal.commit")
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	failpoint.Hit("journal.committed")
	return nil
}

// writer is one transaction that remembers its first error, with its statements prepared once.
type writer struct {
	ctx   context.Context
	tx    *sql.Tx
	stmts map[string]*sql.Stmt
	err   error
}

func (w *writer) exec(query string, args ...any) sql.Result {
	if w.err != nil {
		return nil
	}
	stmt := w.stmts[query]
	if stmt == nil {
		if stmt, w.err = w.tx.PrepareContext(w.ctx, query); w.err != nil {
			return nil
		}
		w.stmts[query] = stmt
	}
	var res sql.Result
	res, w.err = stmt.ExecContext(w.ctx, args...)
	return res
}

// text is v as JSON. Journal values have no form that cannot be written.
func (w *writer) text(v any) string {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return string(b)
}

func (w *writer) begin(i *entity.Intent) {
	ref := i.Target.Ref
	res := w.exec(`insert into intent (action, source, kind, target, blocker, label, elements, receipt, reasons, at, settled)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')`,
		i.Action, ref.Source, ref.Kind, w.text(i.Target), i.Blocker, i.Label,
		w.text(i.Elements), w.text(i.Receipt), w.text(i.Reasons), nano(i.At))
	if w.err == nil {
		i.ID, w.err = res.LastInsertId()
	}
}

func (w *writer) settle(s entity.Settlement) {
	if s.Holding != nil {
		w.put(*s.Holding)
	} else {
		w.drop(s.Intent.Target.Ref, s.Intent.Blocker)
	}
	if s.Done == "" {
		w.exec(`delete from intent where id = $1`, s.Intent.ID)
		return
	}
	w.exec(`update intent set settled = $1 where id = $2`, w.text(outcome{s.Done, s.Partial}), s.Intent.ID)
}

// put writes a holding. One that was there keeps its beginning, and the last time a device
// confirmed it unless h knows a later one.
func (w *writer) put(h entity.Holding) {
	r := h.Target.Ref
	w.exec(`insert into holding (source, kind, id, blocker, label, state, since, asserted, until, former, adopted,
		reasons, devices, missing, problem, target)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (source, kind, id, blocker) do update set label = excluded.label, state = excluded.state,
			since = case when holding.since > 0 then holding.since else excluded.since end,
			asserted = case when excluded.asserted > 0 then excluded.asserted else holding.asserted end,
			until = excluded.until, former = excluded.former, adopted = excluded.adopted, reasons = excluded.reasons,
			devices = excluded.devices, missing = excluded.missing, problem = excluded.problem, target = excluded.target`,
		r.Source, r.Kind, r.ID, h.Blocker, h.Label, h.State, nano(h.Since), nano(h.Asserted), nano(h.Receipt.Until),
		h.Receipt.Former, h.Receipt.Adopted, w.text(h.Reasons), w.text(h.Devices), w.text(h.Missing), h.Problem, w.text(h.Target))
	w.dropElements(r, h.Blocker)
	for _, e := range entity.Union(h.Receipt.Elements) {
		w.exec(`insert into element (blocker, class, element, source, kind, id) values ($1, $2, $3, $4, $5, $6)`,
			h.Blocker, h.Class(), e, r.Source, r.Kind, r.ID)
	}
}

func (w *writer) drop(r entity.Ref, blocker string) {
	w.dropElements(r, blocker)
	w.exec(`delete from holding where source = $1 and kind = $2 and id = $3 and blocker = $4`, r.Source, r.Kind, r.ID, blocker)
}

func (w *writer) dropElements(r entity.Ref, blocker string) {
	w.exec(`delete from element where source = $1 and kind = $2 and id = $3 and blocker = $4`, r.Source, r.Kind, r.ID, blocker)
}
