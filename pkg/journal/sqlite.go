package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// memory is the path of a database that is no file.
const memory = ":memory:"

// file is a database in one file, and others beside it.
type file struct{ path string }

func (f file) name() string { return f.path }

func (f file) tables(ctx context.Context, tx *sql.Tx, name string) (n int, err error) {
	err = tx.QueryRowContext(ctx, `select count(*) from sqlite_master where type = 'table' and name = $1`, name).Scan(&n)
	return n, err
}

func (f file) migrate(ctx context.Context, db *sql.DB) error {
	return up(ctx, db, goose.DialectSQLite3)
}

// foreign is SQLite's own count of what other connections wrote, whoever they are.
func (f file) foreign(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `pragma data_version`).Scan(&n)
	return n, err
}

func sqlitePath(url string) (string, error) {
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == "" {
		return "", fmt.Errorf("state %q: want sqlite:///absolute/path/var.db, or postgres://user@host/database", url)
	}
	return resolved(path), nil
}

// resolved is a path without links: SQLite keeps its log beside the file itself, and so do we with the locks.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// OpenMemory opens a journal that is forgotten when it is closed: for looking
// at a world where none was kept yet.
func OpenMemory(ctx context.Context, owner string) (*Journal, error) {
	return openFile(ctx, memory, owner, gather(nil))
}

func openFile(ctx context.Context, path, owner string, o options) (_ *Journal, err error) {
	j := &Journal{store: file{path}, leases: newLocal(o.now)}
	if path != memory {
		if j.mark, err = beside(ctx, path); err != nil {
			return nil, fmt.Errorf("state %s: %w", path, err)
		}
		j.leases = newLocks(j.mark.folder, o.now)
	}
	if err := j.openFile(ctx, path, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", path, err), j.Close())
	}
	return j, nil
}

func (j *Journal) openFile(ctx context.Context, path, owner string) (err error) {
	if path != memory {
		if err := j.layFile(path); err != nil {
			return j.explain(err)
		}
	}
	if j.db, err = connect(path, writing); err != nil {
		return err
	}
	j.db.SetMaxOpenConns(1)
	if path != memory {
		if err := j.check(ctx, path); err != nil {
			return j.explain(err)
		}
	}
	if err := j.prepare(ctx, owner); err != nil {
		return err
	}
	return j.mark.opened()
}

// layFile makes the file when there is none, and finds out what became of one that was there.
func (j *Journal) layFile(path string) error {
	if err := j.mark.finish(path); err != nil {
		return err
	}
	gone, err := j.mark.missing(path)
	if err != nil {
		return err
	}
	if gone {
		if log, err := hasLog(path); err != nil || log {
			_, aside := setAside(path, ".damaged-", time.Now())
			if err := first(err, aside); err != nil {
				return err
			}
		}
		if err := j.mark.mourn(); err != nil {
			return err
		}
	}
	if j.mark.mourns() {
		j.lost = fmt.Sprintf("the journal %s is gone, a new one was made: restore a backup with \"var state restore FILE\", "+
			"or let var go on from the tags and the lists of the devices", path)
	}
	return lay(path)
}

// lay makes an empty file that not everybody may read: what is held says who is under suspicion. The
// database's other files get the same rights.
func lay(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return err
	}
	return f.Close()
}

// writing are the settings of a connection that writes. They stand in the DSN since they are per connection;
// immediate transactions, since a lock upgrade in WAL fails at once whatever the timeout.
const writing = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"

func connect(path, settings string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+escape(path)+"?"+settings)
}

// escape keeps a path with ? # or % from being read as a URI's parts.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}
