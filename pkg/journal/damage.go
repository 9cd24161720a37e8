package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// DamagedError says that a journal cannot be trusted. No device was touched because of what it said.
type DamagedError struct {
	// Name is the file or the database. Aside is where the file is now; empty when it stayed.
	Name, Aside string
	// Err is what is wrong with it.
	Err error
}

// Error says what is wrong, where the file is, and both ways on.
func (e *DamagedError) Error() string {
	text := fmt.Sprintf("the journal %s is damaged: %v; no device was touched because of it", e.Name, e.Err)
	if e.Aside == "" {
		return text + `. Stop every var that uses it, then restore a backup with "var state restore FILE"`
	}
	return text + fmt.Sprintf(`. It was set aside as %s. Restore a backup with "var state restore FILE", `+
		`or run again: var then makes a new journal from the tags and the lists of the devices`, e.Aside)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// rotten is what is wrong with the contents of a journal.
type rotten struct{ what string }

func (e *rotten) Error() string { return e.what }

// isDamage reports that an error comes from a journal that cannot be trusted. Our statements fit our schema: where
// they do not, or a value is not of its type, the file is not as it was written.
func isDamage(err error) bool {
	var r *rotten
	if errors.As(err, &r) {
		return true
	}
	switch sqliteCode(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH:
		return true
	case sqlite3.SQLITE_ERROR:
		return misfit.MatchString(err.Error())
	}
	return err != nil && strings.Contains(err.Error(), "sql: Scan error")
}

// misfit is what SQLite says of a schema that is not ours; it has one code for all of it.
var misfit = regexp.MustCompile(`no such (table|column|index)|already exists|has no column|malformed|values for \d+ columns`)

// sqliteCode is the primary result code of an error of SQLite; 0 when it is none.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// explain says what an error of a file means.
func (f file) explain(err error) error {
	cure := ""
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL:
		cure = "there is no space left for it: make room"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		cure = "it cannot be written: give the user of var write access to the file and its folder"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		cure = "another process keeps it locked: look for one that hangs"
	case sqlite3.SQLITE_IOERR:
		cure = "its disk cannot be read or written: look at the disk and the space on it"
	default:
		return fmt.Errorf("journal: %w", err)
	}
	return fmt.Errorf("journal %s: %s: %w", f.path, cure, err)
}

// stamp is a time as part of a file's name.
const stamp = "20060102T150405.000Z"

// setAside renames a database file and what belongs to it. Nobody may have it open.
func setAside(path, suffix string, now time.Time) (string, error) {
	aside := path + suffix + now.UTC().Format(stamp)
	for _, part := range []string{"-wal", "-shm", ""} {
		failpoint.Hit("journal.rename")
		err := os.Rename(path+part, aside+part)
		failpoint.Hit("journal.renamed")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

// spoiled ends the use of a journal that cannot be trusted, and sets its file aside unless another process uses it.
// Whatever is asked of it later gets the same answer.
func (j *Journal) spoiled(err error) error {
	j.gate.Lock()
	defer j.gate.Unlock()
	if j.damage != nil {
		return j.damage
	}
	d := &DamagedError{Name: j.store.name(), Err: err}
	j.damage = d
	if j.mark == nil {
		return d
	}
	if j.db != nil {
		_ = j.db.Close() // what it could not finish, its log holds
	}
	var cannot error
	if d.Aside, cannot = j.mark.alone(func() (string, error) { return setAside(j.store.name(), ".damaged-", time.Now()) }); cannot != nil {
		d.Err = fmt.Errorf("%w; it could not be set aside: %w", d.Err, cannot)
	}
	return d
}

// alone does something to the files while no other process has them open.
func (m *mark) alone(do func() (string, error)) (string, error) {
	if m.opening == nil {
		again, err := os.OpenFile(m.folder+"/opening", os.O_CREATE|os.O_RDWR, 0o640)
		if err != nil {
			return "", err
		}
		defer func() { _ = letGo(again) }() // only locked, never written
		if err := exclusive(again); err != nil {
			return "", err
		}
	}
	if err := exclusive(m.users); err != nil {
		return "", m.used(err)
	}
	defer m.leave()
	return do()
}

// check looks at the structure of a file, as far as that takes milliseconds; what is read later is checked then.
func (j *Journal) check(ctx context.Context, path string) error {
	const small = 2 << 20
	info, err := os.Stat(path)
	if err != nil || info.Size() > small {
		return err
	}
	var verdict string
	if err := j.db.QueryRowContext(ctx, `pragma quick_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return &rotten{verdict}
	}
	return nil
}
