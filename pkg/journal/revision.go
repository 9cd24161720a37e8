package journal

import (
	"context"
	"database/sql"

	"github.com/var-project/var/pkg/entity"
)

// NewEvents lists the events whose ID is above a number, in the order of their IDs, at most limit of them. IDs are given in
// the order of commits: who goes on from the last one sees each event once, as it was told until then.
func (j *Journal) NewEvents(ctx context.Context, id int64, limit int) ([]entity.Event, error) {
	return j.eventsAfter(ctx, "id", id, limit)
}

// EventsAfter lists the events whose revision is above a number, in the order of their revisions, at most limit of them.
// Who goes on from the last one sees each event, and sees it again when it happened again since.
func (j *Journal) EventsAfter(ctx context.Context, revision int64, limit int) ([]entity.Event, error) {
	return j.eventsAfter(ctx, "revision", revision, limit)
}

func (j *Journal) eventsAfter(ctx context.Context, column string, last int64, limit int) (events []entity.Event, err error) {
	query := `select ` + eventColumns + ` from history where ` + column + ` > $1 order by ` + column + ` limit $2`
	err = j.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			e, err := scanEvent(rows)
			events = append(events, e)
			return err
		}, query, last, limit)
	})
	return events, err
}

// CountNewEvents counts what NewEvents without a limit lists, each kind of event apart.
func (j *Journal) CountNewEvents(ctx context.Context, id int64) ([]entity.Alike, error) {
	return j.countAfter(ctx, "id", id)
}

// CountEventsAfter counts what EventsAfter without a limit lists, each kind of event apart.
func (j *Journal) CountEventsAfter(ctx context.Context, revision int64) ([]entity.Alike, error) {
	return j.countAfter(ctx, "revision", revision)
}

func (j *Journal) countAfter(ctx context.Context, column string, last int64) (counts []entity.Alike, err error) {
	const chosenBy = `action, outcome, source, kind, blocker`
	query := `select ` + chosenBy + `, count(*) from history where ` + column + ` > $1 group by ` + chosenBy
	err = j.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var a entity.Alike
			e := &a.Event
			err := rows.Scan(&e.Action, &e.Outcome, &e.Ref.Source, &e.Ref.Kind, &e.Blocker, &a.Count)
			counts = append(counts, a)
			return err
		}, query, last)
	})
	return counts, err
}

// LastRevision is a number that no ID and no revision of an event is above yet, and that each later one will be above.
func (j *Journal) LastRevision(ctx context.Context) (last int64, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `select last from counter where name = 'id'`).Scan(&last)
	})
	return last, err
}
