package journal

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errMoved says that a file changed while it was looked at.
var errMoved = errors.New("it is written to so often that it cannot be read")

// looks is how often a look begins anew.
const looks = 20

func lookAtFile(ctx context.Context, path, owner string, o options) (j *Journal, err error) {
	for range looks {
		j, err = lookOnce(ctx, path, owner, o)
		if !errors.Is(err, errMoved) && sqliteCode(err) != sqlite3.SQLITE_CANTOPEN {
			break
		}
	}
	if err != nil && !errors.Is(err, ErrAbsent) {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	return j, err
}

// lookOnce reads a database without leaving a file. Beside a writer, or where one died, the files that its log needs
// are there and are used; else they would be made, so a copy in memory is read.
func lookOnce(ctx context.Context, path, owner string, o options) (*Journal, error) {
	last, err := lastCommit(filepath.Join(leasesOf(path), "commits"))
	if err != nil {
		return nil, err
	}
	db, err := reading(path, last > 0)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: db, store: file{path}, leases: &looking{newLocal(o.now), newLocks(leasesOf(path), o.now).list}}
	if err := j.examine(ctx, path, owner, last); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

// examine checks what an open for writing checks.
func (j *Journal) examine(ctx context.Context, path, owner string, last int64) error {
	if err := j.check(ctx, path); err != nil {
		return j.explain(err)
	}
	if err := j.inspect(ctx, owner); err != nil {
		return err
	}
	return j.read(ctx, func(tx *sql.Tx) error {
		var commits int64
		err := tx.QueryRowContext(ctx, `select last from counter where name = 'commit'`).Scan(&commits)
		if err == nil && commits < last {
			err = lacks(last - commits)
		}
		return err
	})
}

// lacks says that a journal is older than what was last written.
func lacks(commits int64) error {
	return &rotten{fmt.Sprintf("it lacks its last %d commits: its log was lost, or an older copy was put in its place", commits)}
}

func reading(path string, written bool) (*sql.DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	live, err := hasLog(path)
	if err != nil {
		return nil, err
	}
	if live {
		return connect(path, "mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	}
	image, err := still(path)
	switch {
	case err != nil:
		return nil, err
	case len(image) == 0 && written:
		return nil, &DamagedError{Name: path, Err: &rotten{emptied}}
	case len(image) == 0:
		return nil, ErrAbsent
	}
	db := sql.OpenDB(picture{image})
	db.SetMaxOpenConns(1)
	return db, nil
}

// hasLog reports that a database has the files with which it is written to.
func hasLog(path string) (bool, error) {
	for _, name := range []string{path + "-wal", path + "-shm"} {
		switch _, err := os.Stat(name); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, err
		}
	}
	return false, nil
}

// still reads a database that nobody writes to. Who writes makes a log first and removes it last: where there was none
// before and after, and two readings say the same, no page changed in between.
func still(path string) ([]byte, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	again, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if live, err := hasLog(path); err != nil || live || !bytes.Equal(image, again) {
		return nil, first(err, errMoved)
	}
	return image, nil
}

// picture gives connections to a copy of a database in memory.
type picture struct{ image []byte }

// The header's bytes that say how a database is written; a copy in memory has no log (SQLite file format, 1.3.3).
const (
	writeVersion = 18
	readVersion  = 19
	withoutLog   = 1
)

func (p picture) Connect(context.Context) (driver.Conn, error) {
	conn, err := p.Driver().Open("file::memory:?_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	image := bytes.Clone(p.image)
	if len(image) > readVersion {
		image[writeVersion], image[readVersion] = withoutLog, withoutLog
	}
	into, ok := conn.(interface{ Deserialize([]byte) error })
	if !ok {
		return nil, errors.Join(errors.New("the driver takes no copies"), conn.Close())
	}
	if err := into.Deserialize(image); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func (p picture) Driver() driver.Driver { return &sqlite.Driver{} }
