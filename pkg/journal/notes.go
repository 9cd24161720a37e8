package journal

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// queue writes notes that are to be written to a brain.
func (w *writer) queue(notes []entity.Note) {
	w.reserve(len(notes))
	rows := make([][]any, len(notes))
	for i, n := range notes {
		id, text := w.id(), plain(n.Text)
		s := sum("note", strconv.FormatInt(id, 10), n.Ref.Source, string(n.Ref.Kind), n.Ref.ID, text)
		w.added("note", s)
		rows[i] = []any{id, n.Ref.Source, string(n.Ref.Kind), n.Ref.ID, text, s}
	}
	w.insert(`note (id, source, kind, target, text, sum)`, ``, rows)
}

// Notes are those of a source that are still to be written, oldest first.
func (j *Journal) Notes(ctx context.Context, source string) (notes []entity.Note, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		notes, err = allNotes(ctx, tx)
		return err
	})
	return slices.DeleteFunc(notes, func(n entity.Note) bool { return n.Ref.Source != source }), err
}

func allNotes(ctx context.Context, tx *sql.Tx) ([]entity.Note, error) {
	var notes []entity.Note
	a := audit{table: "note"}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		n, err := scanNote(rows, &a)
		notes = append(notes, n)
		return err
	}, `select id, source, kind, target, text, sum from note order by id`)
	if err != nil {
		return nil, err
	}
	return notes, a.whole(ctx, tx)
}

func scanNote(rows *sql.Rows, a *audit) (n entity.Note, err error) {
	var stored int64
	if err := rows.Scan(&n.ID, &n.Ref.Source, &n.Ref.Kind, &n.Ref.ID, &n.Text, &stored); err != nil {
		return n, err
	}
	return n, a.row(stored, strconv.FormatInt(n.ID, 10), n.Ref.Source, string(n.Ref.Kind), n.Ref.ID, n.Text)
}

// NotesWritten takes notes off the queue.
func (j *Journal) NotesWritten(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		removeAmong(w, "note", among[int64]{query: `delete from note where id in`}, ids)
		return w.err
	})
}
