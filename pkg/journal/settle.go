package journal

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// outcome is what stays of a settlement until it is recorded.
type outcome struct {
	Done    entity.Action `json:"done"`
	Partial bool          `json:"partial,omitempty"`
}

// Settle writes what became of intents, in one commit: holdings as they are now, and the history. An intent that
// changed nothing is dropped; the others stay until Recorded. One that is gone or settled, since another process
// took over, is left as it is.
func (j *Journal) Settle(ctx context.Context, settlements []entity.Settlement) error {
	if len(settlements) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		open := w.close(settlements)
		for some := range apart(open, settled) {
			w.settle(some)
		}
		return w.err
	})
}

// settled is the key of what a settlement changes.
func settled(s entity.Settlement) holdingKey {
	return holdingKey{s.Intent.Target.Ref, s.Intent.Blocker}
}

// settle writes settlements of different holdings.
func (w *writer) settle(settlements []entity.Settlement) {
	var held []entity.Holding
	var gone []holdingKey
	events := make([]entity.Event, len(settlements))
	for i, s := range settlements {
		if s.Holding != nil {
			held = append(held, *s.Holding)
		} else {
			gone = append(gone, settled(s))
		}
		events[i] = event(s)
	}
	w.put(held)
	w.drop(gone)
	w.place(settlements)
	w.tell(events...)
}

// openIntent is a row of an intent that is there.
type openIntent struct {
	source, data, settled string
	sum                   int64
}

// close ends the intents that are still open, and says which those were.
func (w *writer) close(settlements []entity.Settlement) (open []entity.Settlement) {
	was := w.intents(settlements)
	var dropped []int64
	var rows [][]any
	for _, s := range settlements {
		row, found := was[s.Intent.ID]
		if !found || row.settled != "" {
			continue
		}
		delete(was, s.Intent.ID)
		open = append(open, s)
		if s.Done == "" {
			dropped = append(dropped, s.Intent.ID)
			continue
		}
		w.removed("intent", row.sum)
		rows = append(rows, w.intentRow(s.Intent.ID, row.source, row.data, w.text(outcome{s.Done, s.Partial})))
	}
	w.endIntents(dropped)
	w.insert(`intent (id, source, data, settled, sum)`,
		`on conflict (id) do update set settled = excluded.settled, sum = excluded.sum`, rows)
	return open
}

// intents are those of settlements that are there.
func (w *writer) intents(settlements []entity.Settlement) map[int64]openIntent {
	ids := make([]int64, len(settlements))
	for i, s := range settlements {
		ids[i] = s.Intent.ID
	}
	found := make(map[int64]openIntent, len(ids))
	a := among[int64]{query: `select id, source, data, settled, sum from intent where id in`}
	err := a.each(w.asker(), ids, func(rows *sql.Rows) error {
		var id int64
		var o openIntent
		if err := rows.Scan(&id, &o.source, &o.data, &o.settled, &o.sum); err != nil {
			return err
		}
		found[id] = o
		return verify("intent", o.sum, strconv.FormatInt(id, 10), o.source, o.data, o.settled)
	})
	w.err = first(w.err, err)
	return found
}
