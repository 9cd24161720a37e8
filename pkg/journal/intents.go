package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// outcome is what stays of a settlement until it is recorded.
type outcome struct {
	Done    entity.Action `json:"done"`
	Partial bool          `json:"partial,omitempty"`
}

// Begin writes intents durably, in one commit, and gives them their ids: the
// step before any device is touched.
func (j *Journal) Begin(ctx context.Context, intents []entity.Intent) error {
	return j.write(ctx, func(w *writer) error {
		for i := range intents {
			w.begin(&intents[i])
		}
		return w.err
	})
}

// Settle writes what became of intents, in one commit: holdings as they are
// now. An intent that changed nothing is dropped; the others stay until Recorded.
func (j *Journal) Settle(ctx context.Context, settlements []entity.Settlement) error {
	return j.write(ctx, func(w *writer) error {
		for _, s := range settlements {
			w.settle(s)
		}
		return w.err
	})
}

// Recorded ends intents and queues the notes that tell of them, in one commit.
func (j *Journal) Recorded(ctx context.Context, intents []int64, notes []entity.Note) error {
	return j.write(ctx, func(w *writer) error {
		for _, id := range intents {
			w.exec(`delete from intent where id = $1`, id)
		}
		for _, n := range notes {
			w.exec(`insert into note (source, kind, target, text) values ($1, $2, $3, $4)`,
				n.Ref.Source, n.Ref.Kind, n.Ref.ID, n.Text)
		}
		return w.err
	})
}

// Notes are those of a source that are still to be written, oldest first.
func (j *Journal) Notes(ctx context.Context, source string) ([]entity.Note, error) {
	rows, err := j.db.QueryContext(ctx, `select id, source, kind, target, text from note where source = $1 order by id`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var notes []entity.Note
	for rows.Next() {
		var n entity.Note
		if err := rows.Scan(&n.ID, &n.Ref.Source, &n.Ref.Kind, &n.Ref.ID, &n.Text); err != nil {
			return nil, err
		}
		notes = append(notes, n)
	}
	return notes, rows.Err()
}

// NotesWritten takes notes off the queue.
func (j *Journal) NotesWritten(ctx context.Context, ids []int64) error {
	return j.write(ctx, func(w *writer) error {
		for _, id := range ids {
			w.exec(`delete from note where id = $1`, id)
		}
		return w.err
	})
}

// Leftovers lists the intents of a source that a former run left behind, oldest first.
func (j *Journal) Leftovers(ctx context.Context, source string) ([]entity.Leftover, error) {
	rows, err := j.db.QueryContext(ctx, `select id, action, target, blocker, label, elements, receipt, reasons, at, settled
		from intent where source = $1 order by id`, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var open []entity.Leftover
	for rows.Next() {
		o, err := scanIntent(rows.Scan)
		if err != nil {
			return nil, err
		}
		open = append(open, o)
	}
	return open, rows.Err()
}

// Unfinished counts what an interrupted run left: intents and notes, of every source.
func (j *Journal) Unfinished(ctx context.Context) (intents, notes int, err error) {
	err = j.db.QueryRowContext(ctx, `select (select count(*) from intent), (select count(*) from note)`).Scan(&intents, &notes)
	return intents, notes, err
}

func scanIntent(scan func(...any) error) (entity.Leftover, error) {
	var o entity.Leftover
	var at int64
	var target, elements, receipt, reasons, settled string
	i := &o.Intent
	if err := scan(&i.ID, &i.Action, &target, &i.Blocker, &i.Label, &elements, &receipt, &reasons, &at, &settled); err != nil {
		return o, err
	}
	i.At = instant(at)
	err := errors.Join(
		json.Unmarshal([]byte(target), &i.Target), json.Unmarshal([]byte(elements), &i.Elements),
		json.Unmarshal([]byte(receipt), &i.Receipt), json.Unmarshal([]byte(reasons), &i.Reasons),
	)
	if settled != "" {
		var out outcome
		err = errors.Join(err, json.Unmarshal([]byte(settled), &out))
		o.Settled, o.Done, o.Partial = true, out.Done, out.Partial
	}
	if err != nil {
		return o, fmt.Errorf("intent %d: %w", i.ID, err)
	}
	return o, nil
}
