package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// keptIntent is an intent as it stands in the journal, apart from its id.
type keptIntent struct {
	Action   entity.Action  `json:"action"`
	Target   entity.Target  `json:"target"`
	Blocker  string         `json:"blocker"`
	Label    string         `json:"label"`
	Elements []string       `json:"elements,omitempty"`
	Receipt  entity.Receipt `json:"receipt"`
	Devices  []string       `json:"devices,omitempty"`
	Reasons  []string       `json:"reasons,omitempty"`
	At       time.Time      `json:"at,omitzero"`
}

// Begin writes intents durably, in one commit, and gives them their ids: the step before any device is touched.
// A batch with a put is refused as a whole while a person has stopped those (ErrPanic, ErrPaused), and any batch
// when the lease of one of its blockers was lost.
func (j *Journal) Begin(ctx context.Context, intents []entity.Intent) error {
	if len(intents) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		if err := w.allowed(intents); err != nil {
			return err
		}
		w.begin(intents)
		return j.leases.fence(w, blockersOf(intents))
	})
}

// blockersOf are the leases under which these intents are.
func blockersOf(intents []entity.Intent) []string {
	names := make([]string, len(intents))
	for i, in := range intents {
		names[i] = "blocker:" + in.Blocker
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (w *writer) begin(intents []entity.Intent) {
	w.reserve(len(intents))
	rows := make([][]any, len(intents))
	for i := range intents {
		intents[i].ID = w.id()
		in := keepIntent(intents[i])
		rows[i] = w.intentRow(intents[i].ID, in.Target.Source, w.text(in), "")
	}
	w.insert(`intent (id, source, data, settled, sum)`, ``, rows)
}

func keepIntent(i entity.Intent) keptIntent {
	i.Receipt.Until = i.Receipt.Until.UTC()
	return keptIntent{
		Action: i.Action, Target: i.Target, Blocker: i.Blocker, Label: i.Label, Elements: i.Elements,
		Receipt: i.Receipt, Devices: i.Devices, Reasons: i.Reasons, At: i.At.UTC(),
	}
}

// intentRow is a row that is about to be written.
func (w *writer) intentRow(id int64, source, data, settled string) []any {
	s := sumIntent(id, source, data, settled)
	w.added("intent", s)
	return []any{id, source, data, settled, s}
}

func sumIntent(id int64, source, data, settled string) int64 {
	return sum("intent", strconv.FormatInt(id, 10), source, data, settled)
}

// dropIntents drops those of targets on blockers.
func (w *writer) dropIntents(of map[holdingKey]bool) {
	open, err := intents(w.ctx, w.tx)
	if err != nil && w.err == nil {
		w.err = err
	}
	var gone []int64
	for _, o := range open {
		if of[holdingKey{o.Intent.Target.Ref, o.Intent.Blocker}] {
			gone = append(gone, o.Intent.ID)
		}
	}
	w.endIntents(gone)
}

// endIntents deletes intents.
func (w *writer) endIntents(ids []int64) {
	removeAmong(w, "intent", among[int64]{query: `delete from intent where id in`}, ids)
}

// Recorded ends intents and queues the notes that tell of them, in one commit.
func (j *Journal) Recorded(ctx context.Context, intents []int64, notes []entity.Note) error {
	if len(intents) == 0 && len(notes) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		w.endIntents(intents)
		w.queue(notes)
		return w.err
	})
}

// Leftovers lists the intents of a source that a former run left behind, oldest first.
func (j *Journal) Leftovers(ctx context.Context, source string) (left []entity.Leftover, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		all, err := intents(ctx, tx)
		left = slices.DeleteFunc(all, func(o entity.Leftover) bool { return o.Intent.Target.Source != source })
		return err
	})
	return left, err
}

// intents reads all that are open, oldest first.
func intents(ctx context.Context, tx *sql.Tx) ([]entity.Leftover, error) {
	var open []entity.Leftover
	a := audit{table: "intent"}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		o, err := scanIntent(rows, &a)
		open = append(open, o)
		return err
	}, `select id, source, data, settled, sum from intent order by id`)
	if err != nil {
		return nil, err
	}
	return open, a.whole(ctx, tx)
}

func scanIntent(rows *sql.Rows, a *audit) (o entity.Leftover, err error) {
	var id, stored int64
	var source, data, settled string
	if err := rows.Scan(&id, &source, &data, &settled, &stored); err != nil {
		return o, err
	}
	if err := a.row(stored, strconv.FormatInt(id, 10), source, data, settled); err != nil {
		return o, err
	}
	var k keptIntent
	if err := json.Unmarshal([]byte(data), &k); err != nil {
		return o, unreadable(fmt.Sprintf("intent %d", id), err)
	}
	o.Intent = entity.Intent{
		ID: id, Action: k.Action, Target: k.Target, Blocker: k.Blocker, Label: k.Label, Elements: k.Elements,
		Receipt: k.Receipt, Devices: k.Devices, Reasons: k.Reasons, At: k.At,
	}
	if settled == "" {
		return o, nil
	}
	var out outcome
	if err := json.Unmarshal([]byte(settled), &out); err != nil {
		return o, unreadable(fmt.Sprintf("the end of intent %d", id), err)
	}
	o.Settled, o.Done, o.Partial = true, out.Done, out.Partial
	return o, nil
}

// Unfinished counts what an interrupted run left: intents and notes, of every source.
func (j *Journal) Unfinished(ctx context.Context) (intents, notes int, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `select (select count(*) from intent), (select count(*) from note)`).Scan(&intents, &notes)
	})
	return intents, notes, err
}
