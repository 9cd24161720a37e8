// Package journal is the local crash-safe record: what was about to be done,
// what is held, and which notes are still to be written.
package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"github.com/var-project/var/internal/failpoint"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newest is the schema version that this program knows.
const newest = 1

// ErrAbsent says that there is no journal, or one of an older schema, to read from without writing.
var ErrAbsent = errors.New("no journal yet")

// Journal is one open database. It may be used by many goroutines.
type Journal struct {
	db    *sql.DB
	owner string
	fresh bool
}

// Open opens the journal at a URL "sqlite:///path/var.db", creates and migrates
// it when needed. owner is the configured one; when it is empty the one made at
// first use holds.
func Open(ctx context.Context, url, owner string) (*Journal, error) {
	path, err := sqlitePath(url)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("state %s: make its folder, or name another in state: %w", path, err)
	}
	if err := lay(path); err != nil {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	db, err := connect(path, false)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: db}
	if err := j.prepare(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", path, err), db.Close())
	}
	return j, nil
}

// OpenMemory opens a journal that is forgotten when it is closed: for looking
// at a world where none was kept yet.
func OpenMemory(ctx context.Context, owner string) (*Journal, error) {
	return Open(ctx, "sqlite://"+memory, owner)
}

// OpenReadOnly opens an existing journal without writing anything. It answers
// ErrAbsent when there is none of the present schema.
func OpenReadOnly(ctx context.Context, url, owner string) (*Journal, error) {
	path, err := sqlitePath(url)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	db, err := connect(path, true)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: db}
	if err := j.inspect(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", path, err), db.Close())
	}
	return j, nil
}

// Close releases the database.
func (j *Journal) Close() error { return j.db.Close() }

// Owner marks what this installation puts on devices.
func (j *Journal) Owner() string { return j.owner }

// Fresh reports that the journal is new and that its owner was not yet found to go with what devices hold.
func (j *Journal) Fresh() bool { return j.fresh }

// OwnerFits records that the owner goes with what devices hold: the journal is fresh no more.
func (j *Journal) OwnerFits(ctx context.Context) error {
	if !j.fresh {
		return nil
	}
	err := j.write(ctx, func(w *writer) error {
		w.exec(`delete from meta where key = 'fresh'`)
		return w.err
	})
	j.fresh = err != nil
	return err
}

func sqlitePath(url string) (string, error) {
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == "" {
		return "", fmt.Errorf("state %q: want sqlite:///absolute/path/var.db", url)
	}
	return path, nil
}

// memory is the path of a database that is no file.
const memory = ":memory:"

// lay makes an empty file that not everybody may read: what is held says who is under suspicion. The
// database's other files get the same rights.
func lay(path string) error {
	if path == memory {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return err
	}
	return f.Close()
}

// connect opens the database file. The pragmas stand in the DSN since they are per connection;
// immediate transactions, since a lock upgrade in WAL fails at once whatever the timeout.
func connect(path string, readOnly bool) (*sql.DB, error) {
	pragmas := []string{
		"_pragma=busy_timeout(10000)", "_pragma=foreign_keys(1)",
		"_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_txlock=immediate",
	}
	if readOnly {
		pragmas = []string{access(path), "_pragma=busy_timeout(10000)", "_pragma=query_only(1)"}
	}
	db, err := sql.Open("sqlite", "file:"+escape(path)+"?"+strings.Join(pragmas, "&"))
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	if !readOnly {
		db.SetMaxOpenConns(1)
	}
	return db, nil
}

// access is how to read a database without leaving a file. Beside a writer, or where one died, the files
// that its log needs are there and are used; else they would be made, unless the file is said not to change.
func access(path string) string {
	for _, beside := range []string{"-wal", "-shm"} {
		if info, err := os.Stat(path + beside); err == nil && info.Size() > 0 {
			return "mode=ro"
		}
	}
	return "immutable=1"
}

// escape keeps a path with ? # or % from being read as a URI's parts.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

func (j *Journal) prepare(ctx context.Context, owner string) error {
	version, err := j.version(ctx)
	if err != nil {
		return err
	}
	if version > newest {
		return fmt.Errorf("its schema is %d, this program knows %d: install the newer var again", version, newest)
	}
	if version < newest {
		if err := j.migrate(ctx); err != nil {
			return err
		}
	}
	err = j.db.QueryRowContext(ctx, `select exists (select 1 from meta where key = 'fresh')`).Scan(&j.fresh)
	if err != nil {
		return err
	}
	return j.settleOwner(ctx, owner)
}

func (j *Journal) inspect(ctx context.Context, owner string) error {
	version, err := j.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newest:
		return fmt.Errorf("its schema is %d, this program knows %d: install the newer var again", version, newest)
	case version < newest:
		return ErrAbsent
	}
	j.owner = owner
	if owner == "" {
		return j.db.QueryRowContext(ctx, `select value from meta where key = 'owner'`).Scan(&j.owner)
	}
	return nil
}

// version is the schema's; 0 when there is none. It costs one query, where the migration tool costs many.
func (j *Journal) version(ctx context.Context) (int, error) {
	var tables int
	err := j.db.QueryRowContext(ctx, `select count(*) from sqlite_master where name = 'goose_db_version'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var version int
	err = j.db.QueryRowContext(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	return version, err
}

func (j *Journal) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, j.db, dir)
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

// settleOwner keeps the configured owner, else the recorded one, else makes one.
func (j *Journal) settleOwner(ctx context.Context, owner string) error {
	j.owner = owner
	if owner == "" {
		err := j.db.QueryRowContext(ctx, `select value from meta where key = 'owner'`).Scan(&j.owner)
		if err == nil {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		j.owner = newOwner()
	}
	return j.write(ctx, func(w *writer) error {
		w.exec(`insert into meta (key, value) values ('owner', $1)
			on conflict (key) do update set value = excluded.value where meta.value <> excluded.value`, j.owner)
		return w.err
	})
}

func newOwner() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
