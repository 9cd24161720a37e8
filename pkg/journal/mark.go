package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// openWait is how long an open waits for another process that is opening or restoring the same journal.
const openWait = 10 * time.Second

// mark is the folder beside a database file, with its locks, and the number of its last commit: a log that is lost
// or an older copy that was put in place would go unnoticed without. It is written after each commit and never ahead.
type mark struct {
	folder string
	// opening is locked by who opens, restores or sets aside; users is shared by all who have the journal open.
	opening, users *os.File

	mu      sync.Mutex
	commits *os.File
	last    int64
}

// leasesOf is the folder beside a database file.
func leasesOf(path string) string { return path + ".leases" }

// beside prepares the folder beside a database file. Nobody else opens the database until opened.
func beside(ctx context.Context, path string) (*mark, error) {
	m := &mark{folder: leasesOf(path)}
	if err := os.MkdirAll(m.folder, 0o750); err != nil {
		return nil, fmt.Errorf("make its folder, or name another in state: %w", err)
	}
	for name, f := range map[string]**os.File{"opening": &m.opening, "users": &m.users, "commits": &m.commits} {
		var err error
		if *f, err = os.OpenFile(filepath.Join(m.folder, name), os.O_CREATE|os.O_RDWR, 0o640); err != nil {
			return nil, errors.Join(err, m.close())
		}
	}
	if err := m.begin(ctx); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func (m *mark) begin(ctx context.Context) error {
	if err := within(ctx, openWait, exclusive, m.opening); err != nil {
		return fmt.Errorf("another process is opening or restoring it: %w", err)
	}
	if err := within(ctx, openWait, shared, m.users); err != nil {
		return fmt.Errorf("it is being restored: %w", err)
	}
	var err error
	m.last, err = lastCommit(m.commits.Name())
	return err
}

// lastCommit reads a mark. One that is not there, or cannot be trusted, marks nothing.
func lastCommit(name string) (last int64, err error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if _, err := fmt.Sscanf(string(text), "%d\n", &last); err != nil || string(text) != markText(last) {
		return 0, nil //nolint:nilerr // see above
	}
	return last, nil
}

// markText is a number as it stands in the file, always of one length.
func markText(last int64) string {
	return fmt.Sprintf("%020d\n%08x\n", last, sum("mark", strconv.FormatInt(last, 10)))
}

// opened lets others open the journal too.
func (m *mark) opened() error {
	if m == nil {
		return nil
	}
	failpoint.Hit("journal.open")
	err := os.Remove(m.loss())
	failpoint.Hit("journal.opened")
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	err = errors.Join(err, letGo(m.opening))
	m.opening = nil
	return err
}

const emptied = "it is empty"

// missing says that the mark tells of a journal where there is no file.
func (m *mark) missing(path string) (bool, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 && m.last > 0 {
		return false, &rotten{emptied}
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return m.last > 0, nil
}

// mourn notes that the journal of the mark is gone, until a new one is open: who dies in between has told nobody.
func (m *mark) mourn() error {
	failpoint.Hit("journal.mourn")
	err := os.WriteFile(m.loss(), nil, 0o640)
	failpoint.Hit("journal.mourned")
	if err == nil {
		m.restart(0)
	}
	return err
}

func (m *mark) mourns() bool {
	_, err := os.Stat(m.loss())
	return err == nil
}

func (m *mark) loss() string { return filepath.Join(m.folder, "gone") }

// behind says how many commits a database lacks.
func (m *mark) behind(commits int64) int64 {
	if m == nil {
		return 0
	}
	return max(0, m.last-commits)
}

// set notes a commit. A mark that could not be written is behind, which does no harm.
func (m *mark) set(commits int64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if commits > m.last {
		m.last = commits
		m.save()
	}
}

// restart begins to count anew: another journal was put in place.
func (m *mark) restart(commits int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = commits
	m.save()
}

func (m *mark) save() { _, _ = m.commits.WriteAt([]byte(markText(m.last)), 0) }

// used says who has the database open, as far as leases tell.
func (m *mark) used(err error) error {
	if !errors.Is(err, errLocked) {
		return err
	}
	user := &LeasedError{Name: "the journal", Holder: "another process"}
	if all, err := newLocks(m.folder, nil).held(); err == nil && len(all) > 0 {
		user.Holder, user.Since = all[0].Holder, all[0].Since
	}
	return user
}

// leave says that this process does not use the database any more.
func (m *mark) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = letGo(m.users) // only locked, never written
	m.users = nil
}

func (m *mark) close() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(letGo(m.opening), letGo(m.users), closeFile(m.commits))
}
