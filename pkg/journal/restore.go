package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/failpoint"
)

// Restoring says who restores a backup, and how.
type Restoring struct {
	By entity.By
	// Replace allows it where the journal that is there holds something.
	Replace bool
}

// Restore puts a backup, or a file that was set aside and is whole after all, in the place of the journal at a URL,
// and answers where the one that was there is now; empty when there was none. It answers a *LeasedError while
// another process uses the journal. What persons stopped stays stopped.
func Restore(ctx context.Context, url, backup string, r Restoring, opts ...Option) (aside string, err error) {
	folder, err := os.MkdirTemp("", "var-restore-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	from, err := load(ctx, backup, filepath.Join(folder, "var.db"))
	if err != nil {
		return "", fmt.Errorf("backup %s cannot be restored: %w", backup, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if isServer(url) {
		return from.ontoServer(ctx, url, backup, r, gather(opts))
	}
	path, err := sqlitePath(url)
	if err != nil {
		return "", err
	}
	return from.ontoFile(ctx, path, r, gather(opts))
}

// load opens a copy of a backup, brought to the present schema and checked.
func load(ctx context.Context, backup, path string) (*Journal, error) {
	if err := copyFiles(backup, path); err != nil {
		return nil, err
	}
	j, err := openPlain(ctx, path, backup)
	if err != nil {
		return nil, err
	}
	if err := j.read(ctx, func(tx *sql.Tx) error { return trusted(ctx, tx) }); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// copyFiles copies a database, and the log beside it when there is one.
func copyFiles(from, to string) error {
	if err := copyFile(from, to); err != nil {
		return err
	}
	if err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	info, err := os.Stat(to)
	if err == nil && info.Size() == 0 {
		err = &rotten{emptied}
	}
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// former is what outlives a journal that is replaced: what persons stopped, and how far its ids went.
type former struct {
	stops  Stops
	lastID int64
}

// adapt makes the copy of a backup what the new journal is to say. No id is given twice: who remembers one elsewhere
// takes no new event for one that was told.
func (j *Journal) adapt(ctx context.Context, was former, by entity.By) error {
	return j.write(ctx, func(w *writer) error {
		for kind, stop := range map[StopKind]*entity.By{StopPanic: was.stops.Panic, StopPause: was.stops.Pause} {
			if stop != nil {
				w.setMeta(stopPrefix+string(kind), w.text(stop))
			}
		}
		w.exec(`update counter set last = $1 where name = 'id' and last < $1`, was.lastID)
		w.tell(entity.Event{At: by.At, Action: entity.EventRestore, By: by})
		return w.err
	})
}

func (j *Journal) ontoFile(ctx context.Context, path string, r Restoring, o options) (string, error) {
	m, err := beside(ctx, path)
	if err != nil {
		return "", err
	}
	aside, err := m.alone(func() (string, error) { return j.swap(ctx, path, m, r, o) })
	return aside, errors.Join(err, m.close())
}

// swap puts the copy in place of a file that nobody has open.
func (j *Journal) swap(ctx context.Context, path string, m *mark, r Restoring, o options) (string, error) {
	was, err := replaceable(ctx, path, r, o)
	if err != nil {
		return "", err
	}
	if err := j.adapt(ctx, was, r.By); err != nil {
		return "", err
	}
	next := path + restored
	failpoint.Hit("journal.restore")
	if err := os.RemoveAll(next); err != nil {
		return "", err
	}
	if err := j.Backup(ctx, next); err != nil {
		return "", err
	}
	aside := ""
	if _, err := os.Stat(path); err == nil {
		if aside, err = setAside(path, ".replaced-", o.now()); err != nil {
			return "", err
		}
	}
	m.restart(0) // the next who opens it counts on; a copy in its place that lacked commits would count as damaged
	failpoint.Hit("journal.forgotten")
	if err := os.Rename(next, path); err != nil {
		return aside, err
	}
	failpoint.Hit("journal.restored")
	return aside, nil
}

// restored is behind the name of what is about to be put in the place of a file.
const restored = ".restored"

// finish puts in place what a restore that was killed had ready when it had set the former file aside, and drops
// what one left behind that had not come so far.
func (m *mark) finish(path string) error {
	_, err := os.Stat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return first(err, os.RemoveAll(path+restored))
	}
	err = os.Rename(path+restored, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		m.last = 0
	}
	return err
}

// replaceable refuses to replace what is worth keeping, and says what of it stays.
func replaceable(ctx context.Context, path string, r Restoring, o options) (former, error) {
	old, err := lookAtFile(ctx, path, "", o)
	var damaged *DamagedError
	switch {
	case errors.Is(err, ErrAbsent), errors.As(err, &damaged):
		return former{}, nil
	case err != nil && !r.Replace:
		return former{}, fmt.Errorf("the present journal cannot be read, and is replaced only with --replace: %w", err)
	case err != nil:
		return former{}, nil
	}
	defer func() { _ = old.Close() }() // it was only read
	return old.replaceable(ctx, r)
}

func (j *Journal) replaceable(ctx context.Context, r Restoring) (was former, err error) {
	held, err := j.Holdings(ctx)
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		return former{}, nil
	case err != nil:
		return former{}, err
	case len(held) > 0 && !r.Replace:
		return former{}, fmt.Errorf("the present journal holds %d blocks: it is replaced only with --replace, and kept beside", len(held))
	}
	was.stops, err = j.Stops(ctx)
	if err == nil {
		was.lastID, err = j.LastRevision(ctx)
	}
	return was, err
}

// ontoServer replaces what a database says. What it said before becomes a file beside the backup.
func (j *Journal) ontoServer(ctx context.Context, url, backup string, r Restoring, o options) (aside string, err error) {
	old, err := openServerPlain(ctx, url, o)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	if err := old.unused(ctx); err != nil {
		return "", err
	}
	was, err := old.replaceable(ctx, r)
	if err != nil {
		return "", err
	}
	aside = backup + ".replaced-" + o.now().UTC().Format(stamp)
	if err := first(old.saveAsItIs(ctx, aside), j.adapt(ctx, was, r.By)); err != nil {
		return "", err
	}
	return aside, j.copyTo(ctx, old, func(context.Context, *sql.Tx) error { return old.unused(ctx) })
}

// saveAsItIs copies a journal that may be damaged: it is to be replaced.
func (j *Journal) saveAsItIs(ctx context.Context, path string) error {
	j.damage = nil
	return j.saveTo(ctx, path, func(context.Context, *sql.Tx) error { return nil })
}

// unused checks that nobody has a lease on a server.
func (j *Journal) unused(ctx context.Context) error {
	all, err := j.leaseRows(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	return &LeasedError{Name: all[0].Name, Holder: all[0].Holder, Since: all[0].Since}
}
