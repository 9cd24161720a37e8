package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
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
	text, err := os.ReadFile(m.commits.Name())
	if err != nil {
		return err
	}
	m.last, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		m.last = 0 // a new one, or a mark that cannot be read marks nothing
	}
	return nil
}

// opened lets others open the journal too.
func (m *mark) opened() error {
	if m == nil {
		return nil
	}
	err := m.opening.Close()
	m.opening = nil
	return err
}

// missing says that the mark tells of a journal where there is no file.
func (m *mark) missing(path string) (bool, error) {
	if m == nil {
		return false, nil
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 && m.last > 0 {
		return false, &rotten{"it is empty"}
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	gone := m.last > 0
	m.last = 0
	return gone, nil
}

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

func (m *mark) save() { _, _ = fmt.Fprintf(section{m.commits}, "%020d\n", m.last) }

// section writes at the beginning of a file.
type section struct{ f *os.File }

func (s section) Write(b []byte) (int, error) { return s.f.WriteAt(b, 0) }

func (m *mark) close() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(closeFile(m.opening), closeFile(m.users), closeFile(m.commits))
}
