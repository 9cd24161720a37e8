package journal

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// place remembers what a settlement put on devices. What was adopted from tags may be another's.
func (w *writer) place(s entity.Settlement) {
	if !isPut(s.Intent.Action) {
		return
	}
	adopted := map[string]bool{}
	if s.Intent.Receipt.Adopted {
		for _, e := range s.Intent.Receipt.Elements {
			adopted[e] = true
		}
	}
	for _, e := range s.Holding.Receipt.Elements {
		if !adopted[e] {
			at := nano(s.Intent.At)
			w.exec(`insert into placed (blocker, class, element, at, sum) values ($1, $2, $3, $4, $5)
				on conflict (blocker, class, element) do update set at = excluded.at, sum = excluded.sum`,
				s.Holding.Blocker, string(s.Holding.Class()), e, at, sumPlaced(s.Holding.Blocker, s.Holding.Class(), e, at))
		}
	}
}

func sumPlaced(blocker string, class entity.Class, element string, at int64) int64 {
	return sum("placed", blocker, string(class), element, strconv.FormatInt(at, 10))
}

// Placed says which elements of a class this installation once put on a blocker's devices.
func (j *Journal) Placed(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string]bool, error) {
	placed := make(map[string]bool, len(elements))
	err := j.read(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `select at, sum from placed where blocker = $1 and class = $2 and element = $3`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, e := range elements {
			var at, stored int64
			switch err := stmt.QueryRowContext(ctx, blocker, string(class), e).Scan(&at, &stored); {
			case err == nil && stored != sumPlaced(blocker, class, e, at):
				return &rotten{"a row of the table placed has changed by itself"}
			case err == nil:
				placed[e] = true
			case !errors.Is(err, sql.ErrNoRows):
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}
