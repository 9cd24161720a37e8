package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Filter says which events are asked for. What is zero asks for all.
type Filter struct {
	Ref *entity.Ref
	// Text is looked for in names, ids, elements, reasons, problems and persons, without regard to case.
	Text    string
	Blocker string
	// Since leaves out what did not happen at or after that time any more.
	Since time.Time
	// Limit is the most events that are wanted, Skip how many newer ones are left out before.
	Limit, Skip int
}

// keptEvent is the part of an event that is not asked for.
type keptEvent struct {
	Name     string    `json:"name,omitempty"`
	Elements []string  `json:"elements,omitempty"`
	Reasons  []string  `json:"reasons,omitempty"`
	Problem  string    `json:"problem,omitempty"`
	By       entity.By `json:"by,omitzero"`
}

// most is the limit of a question that has none.
const most = 1 << 31

// History lists events, newest first.
func (j *Journal) History(ctx context.Context, f Filter) (events []entity.Event, err error) {
	where, args := f.where()
	query := `select ` + eventColumns + ` from history` + where
	err = j.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			e, err := scanEvent(rows)
			events = append(events, e)
			return err
		}, query, args...)
	})
	return events, err
}

// eventColumns are those that scanEvent reads.
const eventColumns = `id, revision, at, last, times, action, outcome, source, kind, target, blocker, data`

func (f Filter) where() (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, fmt.Sprintf(condition, len(args)))
	}
	if f.Ref != nil {
		add("source = $%d", f.Ref.Source)
		add("kind = $%d", string(f.Ref.Kind))
		add("target = $%d", f.Ref.ID)
	}
	if f.Blocker != "" {
		add("blocker = $%d", f.Blocker)
	}
	if f.Text != "" {
		add(`search like $%d escape '\'`, "%"+escapeLike(told(f.Text))+"%")
	}
	if !f.Since.IsZero() {
		add("last >= $%d", nano(f.Since))
	}
	where := ""
	if len(conditions) > 0 {
		where = " where " + strings.Join(conditions, " and ")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = most
	}
	return fmt.Sprintf("%s order by last desc, id desc limit %d offset %d", where, limit, max(f.Skip, 0)), args
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func scanEvent(rows *sql.Rows) (e entity.Event, err error) {
	var at, last int64
	var data string
	err = rows.Scan(&e.ID, &e.Revision, &at, &last, &e.Times, &e.Action, &e.Outcome, &e.Ref.Source, &e.Ref.Kind, &e.Ref.ID, &e.Blocker, &data)
	if err != nil {
		return e, err
	}
	var k keptEvent
	if err := json.Unmarshal([]byte(data), &k); err != nil {
		return e, unreadable(fmt.Sprintf("event %d", e.ID), err)
	}
	e.At, e.Last = instant(at), instant(last)
	e.Name, e.Elements, e.Reasons, e.Problem, e.By = k.Name, k.Elements, k.Reasons, k.Problem, k.By
	return e, nil
}

// Tell adds events that are no settlements: what a person or a gate did.
func (j *Journal) Tell(ctx context.Context, events ...entity.Event) error {
	if len(events) == 0 {
		return nil
	}
	return j.write(ctx, func(w *writer) error {
		w.tell(events...)
		return w.err
	})
}

// Prune forgets events that last happened before a time, and which elements were put on devices before it that
// nobody holds any more.
func (j *Journal) Prune(ctx context.Context, before time.Time) error {
	return j.write(ctx, func(w *writer) error {
		w.exec(`delete from history where last < $1`, nano(before))
		w.exec(`delete from placed where at < $1 and not exists (select 1 from element where element.blocker = placed.blocker
			and element.class = placed.class and element.element = placed.element)`, nano(before))
		return w.err
	})
}

// event is what the history says of a settlement.
func event(s entity.Settlement) entity.Event {
	in := s.Intent
	e := entity.Event{
		At: in.At, Action: string(in.Action), Ref: in.Target.Ref, Name: in.Target.Name, Blocker: in.Blocker,
		Elements: in.Elements, Reasons: in.Reasons, Problem: s.Problem, Outcome: s.Outcome(),
	}
	if s.Holding != nil {
		e.Problem = s.Holding.Problem
		if isPut(in.Action) {
			e.Elements = s.Holding.Receipt.Elements
		}
	}
	return e
}

func instant(unixNano int64) time.Time {
	if unixNano == 0 {
		return time.Time{}
	}
	return time.Unix(0, unixNano).UTC()
}

func nano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
