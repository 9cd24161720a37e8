package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/var-project/var/pkg/internal/failpoint"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newest is the schema version that this program knows.
const newest = 4

// known checks that the schema is the present one; ErrAbsent says that it is older, or that there is none.
func (j *Journal) known(ctx context.Context) error {
	version, err := j.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newest:
		return newerSchema(version)
	case version < newest:
		return ErrAbsent
	}
	return nil
}

// version is the schema's; 0 when there is none. It costs two queries, where the migration tool costs many.
func (j *Journal) version(ctx context.Context) (version int, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		tables, err := j.store.tables(ctx, tx, "goose_db_version")
		if err != nil || tables == 0 {
			return err
		}
		return tx.QueryRowContext(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	})
	return version, err
}

// up runs the migrations that are missing, each in a transaction of its own.
func up(ctx context.Context, db *sql.DB, dialect goose.Dialect, opts ...goose.ProviderOption) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, dir, opts...)
	if err != nil {
		return err
	}
	for err == nil {
		failpoint.Hit("journal.migrate")
		_, err = p.UpByOne(ctx)
		failpoint.Hit("journal.migrated")
	}
	if errors.Is(err, goose.ErrNoNextVersion) {
		return nil
	}
	return err
}
