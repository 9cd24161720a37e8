package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// keptHolding is a holding as it stands in the journal, apart from what names it.
type keptHolding struct {
	Label    string          `json:"label"`
	Place    string          `json:"place,omitempty"`
	State    entity.State    `json:"state"`
	Since    time.Time       `json:"since,omitzero"`
	Asserted time.Time       `json:"asserted,omitzero"`
	Receipt  entity.Receipt  `json:"receipt"`
	Reasons  []string        `json:"reasons,omitempty"`
	Devices  []string        `json:"devices,omitempty"`
	Missing  []string        `json:"missing,omitempty"`
	Problem  string          `json:"problem,omitempty"`
	Unable   []entity.Unable `json:"unable,omitempty"`
	Target   entity.Target   `json:"target"`
}

type holdingKey struct {
	ref     entity.Ref
	blocker string
}

// Holdings are all that is held, of every source, in order.
func (j *Journal) Holdings(ctx context.Context) (held []entity.Holding, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		held, err = holdings(ctx, tx)
		return err
	})
	j.sound.Store(j.sound.Load() || err == nil)
	return held, err
}

// holdings reads all rows, and checks that the elements that are asked for one by one say the same.
func holdings(ctx context.Context, tx *sql.Tx) ([]entity.Holding, error) {
	var held []entity.Holding
	a := audit{table: "holding"}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		h, err := scanHolding(rows, &a)
		held = append(held, h)
		return err
	}, `select source, kind, id, blocker, data, sum from holding`)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(held, byKey)
	if err := cmp.Or(a.whole(ctx, tx), compareElements(ctx, tx, held)); err != nil {
		return nil, err
	}
	return held, nil
}

func byKey(a, b entity.Holding) int {
	x, y := a.Target.Ref, b.Target.Ref
	return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID), cmp.Compare(a.Blocker, b.Blocker))
}

func scanHolding(rows *sql.Rows, a *audit) (entity.Holding, error) {
	var k holdingKey
	var data string
	var stored int64
	if err := rows.Scan(&k.ref.Source, &k.ref.Kind, &k.ref.ID, &k.blocker, &data, &stored); err != nil {
		return entity.Holding{}, err
	}
	if err := a.row(stored, append(k.columns(), data)...); err != nil {
		return entity.Holding{}, err
	}
	return thaw(k, data)
}

func (k holdingKey) columns() []string {
	return []string{k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker}
}

func thaw(k holdingKey, data string) (entity.Holding, error) {
	var f keptHolding
	if err := json.Unmarshal([]byte(data), &f); err != nil {
		return entity.Holding{}, unreadable(fmt.Sprintf("the holding of %s on %s", k.ref, k.blocker), err)
	}
	f.Target.Ref = k.ref
	return entity.Holding{
		Target: f.Target, Blocker: k.blocker, Label: f.Label, Place: f.Place, Receipt: f.Receipt, State: f.State, Since: f.Since,
		Asserted: f.Asserted, Reasons: f.Reasons, Devices: f.Devices, Missing: f.Missing, Problem: f.Problem, Unable: f.Unable,
	}, nil
}

func freeze(h entity.Holding) keptHolding {
	h.Receipt.Until = h.Receipt.Until.UTC()
	h.Receipt.Elements = entity.Union(h.Receipt.Elements)
	return keptHolding{
		Label: h.Label, Place: h.Place, State: h.State, Since: h.Since.UTC(), Asserted: h.Asserted.UTC(), Receipt: h.Receipt, Reasons: h.Reasons,
		Devices: h.Devices, Missing: h.Missing, Problem: h.Problem, Unable: h.Unable, Target: h.Target,
	}
}

// elementRow is one row of the table of elements.
type elementRow struct {
	blocker string
	class   entity.Class
	element string
	ref     entity.Ref
}

// compareElements checks the table of elements against the holdings.
func compareElements(ctx context.Context, tx *sql.Tx, held []entity.Holding) error {
	want := map[elementRow]bool{}
	for _, h := range held {
		for _, e := range h.Receipt.Elements {
			want[elementRow{h.Blocker, h.Class(), e, h.Target.Ref}] = true
		}
	}
	found := 0
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var r elementRow
		if err := rows.Scan(&r.blocker, &r.class, &r.element, &r.ref.Source, &r.ref.Kind, &r.ref.ID); err != nil {
			return err
		}
		if found++; !want[r] {
			return &rotten{fmt.Sprintf("the element %q of %s on %s is held by no holding", r.element, r.ref, r.blocker)}
		}
		return nil
	}, `select blocker, class, element, source, kind, id from element order by blocker, class, element, source, kind, id`)
	if err == nil && found != len(want) {
		err = &rotten{fmt.Sprintf("%d elements of holdings are there, %d were written", found, len(want))}
	}
	return err
}

// Holders says who holds each of the elements of a class on a blocker.
func (j *Journal) Holders(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string][]entity.Ref, error) {
	if !j.sound.Load() {
		if _, err := j.Holdings(ctx); err != nil {
			return nil, err
		}
	}
	holders := make(map[string][]entity.Ref, len(elements))
	err := j.read(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `select source, kind, id from element
			where blocker = $1 and class = $2 and element = $3 order by source, kind, id`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, e := range elements {
			if holders[e], err = queryRefs(ctx, stmt, blocker, string(class), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return holders, nil
}

func queryRefs(ctx context.Context, stmt *sql.Stmt, args ...any) ([]entity.Ref, error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var refs []entity.Ref
	for rows.Next() {
		var r entity.Ref
		if err := rows.Scan(&r.Source, &r.Kind, &r.ID); err != nil {
			return nil, err
		}
		refs = append(refs, r)
	}
	return refs, rows.Err()
}

// Adopt records what tags say is held and the journal did not know.
func (j *Journal) Adopt(ctx context.Context, held []entity.Holding) error {
	return j.write(ctx, func(w *writer) error {
		for _, h := range held {
			w.put(h)
		}
		return w.err
	})
}

// Drop takes holdings and their open intents off the record without touching a device, and says in the
// history who wanted it.
func (j *Journal) Drop(ctx context.Context, held []entity.Holding, by entity.By) error {
	return j.write(ctx, func(w *writer) error {
		gone := map[holdingKey]bool{}
		for _, h := range held {
			gone[holdingKey{h.Target.Ref, h.Blocker}] = true
			w.drop(h.Target.Ref, h.Blocker)
			w.tell(entity.Event{
				At: by.At, Action: "forget", Ref: h.Target.Ref, Name: h.Target.Name, Blocker: h.Blocker,
				Elements: h.Receipt.Elements, By: by,
			})
		}
		w.dropIntents(gone)
		return w.err
	})
}

// put writes a holding. One that was there keeps its beginning, and what h does not know: the last time a device
// confirmed it, its reasons and its place.
func (w *writer) put(h entity.Holding) {
	k := holdingKey{h.Target.Ref, h.Blocker}
	if was, found := w.holding(k); found {
		h.Since = earlier(was.Since, h.Since)
		if h.Asserted.IsZero() {
			h.Asserted = was.Asserted
		}
		if len(h.Reasons) == 0 {
			h.Reasons = was.Reasons
		}
		h.Place = cmp.Or(h.Place, was.Place)
	}
	w.drop(k.ref, k.blocker)
	data := w.text(freeze(h))
	s := sum("holding", append(k.columns(), data)...)
	w.exec(`insert into holding (source, kind, id, blocker, data, sum) values ($1, $2, $3, $4, $5, $6)`,
		k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker, data, s)
	w.added("holding", s)
	for _, e := range entity.Union(h.Receipt.Elements) {
		w.exec(`insert into element (blocker, class, element, source, kind, id) values ($1, $2, $3, $4, $5, $6)`,
			h.Blocker, string(h.Class()), e, k.ref.Source, string(k.ref.Kind), k.ref.ID)
	}
}

// earlier is when a holding began: the first word counts.
func earlier(was, now time.Time) time.Time {
	if was.IsZero() {
		return now
	}
	return was
}

func (w *writer) holding(k holdingKey) (entity.Holding, bool) {
	var data string
	var stored int64
	found := w.get(`select data, sum from holding where source = $1 and kind = $2 and id = $3 and blocker = $4`,
		[]any{k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker}, &data, &stored)
	if !found {
		return entity.Holding{}, false
	}
	if w.err = verify("holding", stored, append(k.columns(), data)...); w.err != nil {
		return entity.Holding{}, false
	}
	var h entity.Holding
	h, w.err = thaw(k, data)
	return h, w.err == nil
}

func (w *writer) drop(r entity.Ref, blocker string) {
	w.exec(`delete from element where source = $1 and kind = $2 and id = $3 and blocker = $4`, r.Source, string(r.Kind), r.ID, blocker)
	w.remove("holding", `delete from holding where source = $1 and kind = $2 and id = $3 and blocker = $4`,
		r.Source, string(r.Kind), r.ID, blocker)
}
