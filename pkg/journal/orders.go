package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// keptOrder is an order as it stands in the journal.
type keptOrder struct {
	Target entity.Target `json:"target"`
	Verb   entity.Verb   `json:"verb"`
	Until  time.Time     `json:"until,omitzero"`
	By     entity.By     `json:"by"`
	Tag    string        `json:"tag,omitempty"`
}

// Order records what a person decided about a target, in place of what was decided before.
func (j *Journal) Order(ctx context.Context, o entity.Order) error {
	return j.write(ctx, func(w *writer) error {
		ref := o.Target.Ref
		w.dropOrder(ref)
		data := w.text(keptOrder{o.Target, o.Verb, o.Until.UTC(), o.By, o.Tag})
		s := sum("person", ref.Source, string(ref.Kind), ref.ID, data)
		w.exec(`insert into person (source, kind, id, data, sum) values ($1, $2, $3, $4, $5)`,
			ref.Source, string(ref.Kind), ref.ID, data, s)
		w.added("person", s)
		w.tell(entity.Event{At: o.By.At, Action: entity.EventOrder, Ref: ref, Name: o.Target.Name, Reasons: []string{orderText(o)}, By: o.By})
		return w.err
	})
}

func orderText(o entity.Order) string {
	switch {
	case o.Until.IsZero():
		return string(o.Verb) + " until it is undone"
	case !o.Until.After(o.By.At):
		return string(o.Verb) + " ended"
	}
	return string(o.Verb) + " until " + o.Until.UTC().Format("2006-01-02 15:04:05 MST")
}

// Orders are all that persons decided, in order of their targets; ended ones too, until they are dropped.
func (j *Journal) Orders(ctx context.Context) (orders []entity.Order, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		orders, err = allOrders(ctx, tx)
		return err
	})
	slices.SortFunc(orders, func(a, b entity.Order) int { return a.Target.Ref.Compare(b.Target.Ref) })
	return orders, err
}

func allOrders(ctx context.Context, tx *sql.Tx) ([]entity.Order, error) {
	var orders []entity.Order
	a := audit{table: "person"}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		o, err := scanOrder(rows, &a)
		orders = append(orders, o)
		return err
	}, `select source, kind, id, data, sum from person`)
	if err != nil {
		return nil, err
	}
	return orders, a.whole(ctx, tx)
}

func scanOrder(rows *sql.Rows, a *audit) (o entity.Order, err error) {
	var ref entity.Ref
	var data string
	var stored int64
	if err := rows.Scan(&ref.Source, &ref.Kind, &ref.ID, &data, &stored); err != nil {
		return o, err
	}
	if err := a.row(stored, ref.Source, string(ref.Kind), ref.ID, data); err != nil {
		return o, err
	}
	var k keptOrder
	if err := json.Unmarshal([]byte(data), &k); err != nil {
		return o, unreadable(fmt.Sprintf("the order about %s", ref), err)
	}
	k.Target.Ref = ref
	return entity.Order(k), nil
}

// DropOrder ends what a person decided about a target.
func (j *Journal) DropOrder(ctx context.Context, ref entity.Ref) error {
	return j.write(ctx, func(w *writer) error {
		w.dropOrder(ref)
		return w.err
	})
}

func (w *writer) dropOrder(ref entity.Ref) {
	w.remove("person", `delete from person where source = $1 and kind = $2 and id = $3`, ref.Source, string(ref.Kind), ref.ID)
}
