package journal

import (
	"context"
	"database/sql"
	"errors"

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
			w.exec(`insert into placed (blocker, class, element, at) values ($1, $2, $3, $4)
				on conflict (blocker, class, element) do update set at = excluded.at`,
				s.Holding.Blocker, string(s.Holding.Class()), e, nano(s.Intent.At))
		}
	}
}

// Placed says which elements of a class this installation once put on a blocker's devices.
func (j *Journal) Placed(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string]bool, error) {
	placed := make(map[string]bool, len(elements))
	err := j.read(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `select at from placed where blocker = $1 and class = $2 and element = $3`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, e := range elements {
			var at int64
			switch err := stmt.QueryRowContext(ctx, blocker, string(class), e).Scan(&at); {
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
