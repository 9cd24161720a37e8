package journal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const lockSuffix = ".lock"

// locks are leases of processes that share a file: locks on files beside it, which the kernel drops with the process.
type locks struct {
	folder string
	now    func() time.Time
	mu     sync.Mutex
	open   map[*os.File]bool
}

func newLocks(folder string, now func() time.Time) *locks {
	return &locks{folder: folder, now: now, open: map[*os.File]bool{}}
}

func (l *locks) path(name string) string {
	return filepath.Join(l.folder, url.PathEscape(name)+lockSuffix)
}

func (l *locks) try(ctx context.Context, name string) (func(), error) {
	f, err := os.OpenFile(l.path(name), os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, err
	}
	err = within(ctx, 0, exclusive, f)
	if errors.Is(err, errLocked) {
		err = heldBy(name, f)
	}
	if err == nil {
		err = l.sign(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[f] = true
	return func() { l.drop(f) }, nil
}

// inscription is what a lock's file says of its holder.
type inscription struct {
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"`
}

func (l *locks) sign(f *os.File) error {
	text, err := json.Marshal(inscription{holder(), l.now().UTC()})
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(text, 0)
	return err
}

func heldBy(name string, f *os.File) error {
	in := inscription{Holder: "another process"}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err == nil {
		_ = json.Unmarshal(text, &in) // it may be signing just now
	}
	return &LeasedError{Name: name, Holder: in.Holder, Since: in.Since}
}

// drop closes the file, and with it the lock ends.
func (l *locks) drop(f *os.File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[f] {
		delete(l.open, f)
		_ = letGo(f) // only locked and signed
	}
}

func (l *locks) list(context.Context) ([]Lease, error) { return l.held() }

func (l *locks) held() ([]Lease, error) {
	files, err := filepath.Glob(filepath.Join(escapeGlob(l.folder), "*"+lockSuffix))
	if err != nil {
		return nil, err
	}
	var all []Lease
	for _, path := range files {
		if h, taken := look(path); taken {
			all = append(all, h)
		}
	}
	return all, nil
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// look says who holds a lock. It holds a shared one for an instant.
func look(path string) (Lease, bool) {
	name, err := url.PathUnescape(strings.TrimSuffix(filepath.Base(path), lockSuffix))
	if err != nil {
		return Lease{}, false
	}
	f, err := os.Open(path)
	if err != nil {
		return Lease{Name: name, Holder: err.Error()}, !errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	if !errors.Is(shared(f), errLocked) {
		return Lease{}, false
	}
	var held *LeasedError
	errors.As(heldBy(name, f), &held)
	return Lease{Name: name, Holder: held.Holder, Since: held.Since}, true
}

// fence has nothing to check: the kernel takes no lock from a process that lives.
func (l *locks) fence(*writer, []string) error { return nil }

func (l *locks) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := range l.open {
		_ = letGo(f)
	}
	clear(l.open)
}
