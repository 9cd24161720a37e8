package journal

import (
	"context"
	"database/sql"

	"github.com/var-project/var/pkg/entity"
)

// Intents are those that a former run left behind, of every source, oldest first.
func (j *Journal) Intents(ctx context.Context) (left []entity.Leftover, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		left, err = intents(ctx, tx)
		return err
	})
	return left, err
}
