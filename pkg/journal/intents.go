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

// outcome is what stays of a settlement until it is recorded.
type outcome struct {
	Done    entity.Action `json:"done"`
	Partial bool          `json:"partial,omitempty"`
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
		for i := range intents {
			intents[i].ID = w.id()
			w.begin(intents[i])
		}
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

func (w *writer) begin(i entity.Intent) {
	i.Receipt.Until = i.Receipt.Until.UTC()
	data := w.text(keptIntent{
		Action: i.Action, Target: i.Target, Blocker: i.Blocker, Label: i.Label, Elements: i.Elements,
		Receipt: i.Receipt, Devices: i.Devices, Reasons: i.Reasons, At: i.At.UTC(),
	})
	source := i.Target.Source
	s := sumIntent(i.ID, source, data, "")
	w.exec(`insert into intent (id, source, data, settled, sum) values ($1, $2, $3, '', $4)`, i.ID, source, data, s)
	w.added("intent", s)
}

func sumIntent(id int64, source, data, settled string) int64 {
	return sum("intent", strconv.FormatInt(id, 10), source, data, settled)
}

// Settle writes what became of intents, in one commit: holdings as they are now, and the history. An intent that
// changed nothing is dropped; the others stay until Recorded. One that is gone or settled, since another process
// took over, is left as it is.
func (j *Journal) Settle(ctx context.Context, settlements []entity.Settlement) error {
	if len(settlements) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		for _, s := range settlements {
			w.settle(s)
		}
		return w.err
	})
}

func (w *writer) settle(s entity.Settlement) {
	if !w.close(s) {
		return
	}
	if s.Holding != nil {
		w.put(*s.Holding)
		w.place(s)
	} else {
		w.drop(s.Intent.Target.Ref, s.Intent.Blocker)
	}
	w.tell(event(s))
}

// close ends an intent that is still open, or says that there is none.
func (w *writer) close(s entity.Settlement) bool {
	var source, data, settled string
	var stored int64
	id := s.Intent.ID
	found := w.get(`select source, data, settled, sum from intent where id = $1`, []any{id}, &source, &data, &settled, &stored)
	if !found || settled != "" {
		return false
	}
	if w.err = verify("intent", stored, strconv.FormatInt(id, 10), source, data, settled); w.err != nil {
		return false
	}
	if s.Done == "" {
		return w.dropIntent(id)
	}
	settled = w.text(outcome{s.Done, s.Partial})
	now := sumIntent(id, source, data, settled)
	w.exec(`update intent set settled = $1, sum = $2 where id = $3`, settled, now, id)
	w.removed("intent", stored)
	w.added("intent", now)
	return w.err == nil
}

func (w *writer) dropIntent(id int64) bool {
	return w.remove("intent", `delete from intent where id = $1`, id)
}

// dropIntents drops those of targets on blockers.
func (w *writer) dropIntents(of map[holdingKey]bool) {
	open, err := intents(w.ctx, w.tx)
	if err != nil && w.err == nil {
		w.err = err
	}
	for _, o := range open {
		if of[holdingKey{o.Intent.Target.Ref, o.Intent.Blocker}] {
			w.dropIntent(o.Intent.ID)
		}
	}
}

// Recorded ends intents and queues the notes that tell of them, in one commit.
func (j *Journal) Recorded(ctx context.Context, intents []int64, notes []entity.Note) error {
	if len(intents) == 0 && len(notes) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		for _, id := range intents {
			w.dropIntent(id)
		}
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
