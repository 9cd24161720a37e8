package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
)

// server is one PostgreSQL for all tests, started by the first that needs it.
var server = sync.OnceValues(func() (*journaltest.Server, error) {
	started = true
	return journaltest.Start(context.Background())
})

var started bool

func TestMain(m *testing.M) {
	if role := os.Getenv("JOURNAL_TEST_ROLE"); role != "" {
		os.Exit(play(role))
	}
	code := m.Run()
	if started {
		if s, err := server(); err == nil {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// place is where a journal may be.
type place struct {
	url  string
	path string // empty on a server
	opts []journal.Option
}

// everywhere runs a test on each kind of database.
func everywhere(t *testing.T, test func(*testing.T, place)) {
	t.Run("file", func(t *testing.T) { test(t, onFile(t)) })
	t.Run("server", func(t *testing.T) { test(t, onServer(t)) })
}

func onFile(t *testing.T) place {
	path := file(t)
	return place{url: url(path), path: path}
}

func onServer(t testing.TB) place {
	t.Helper()
	s, err := server()
	return place{url: journaltest.Need(t, s, err).Place(t), opts: []journal.Option{journal.Password(journaltest.Password)}}
}

// file is a place for a journal, with what makes URLs hard in its name.
func file(t *testing.T) string { return filepath.Join(t.TempDir(), "a folder", "50%#?var.db") }

func url(path string) string { return "sqlite://" + path }

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	return place{url: url(path)}.open(t)
}

func (p place) open(t *testing.T) *journal.Journal {
	t.Helper()
	j, err := p.try(t, "")
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func (p place) try(t *testing.T, owner string, opts ...journal.Option) (*journal.Journal, error) {
	return journal.Open(t.Context(), p.url, owner, append(opts, p.opts...)...)
}

// look opens for reading.
func (p place) look(t *testing.T, owner string) (*journal.Journal, error) {
	j, err := journal.OpenReadOnly(t.Context(), p.url, owner, p.opts...)
	if err == nil {
		t.Cleanup(func() { _ = j.Close() })
	}
	return j, err
}

// reopen is the next run after this one ended or died.
func (p place) reopen(t *testing.T, j *journal.Journal) *journal.Journal {
	t.Helper()
	must(t, j.Close())
	return p.open(t)
}

// alter changes the database behind the journal's back.
func (p place) alter(t *testing.T, statements ...string) {
	t.Helper()
	if p.path == "" {
		journaltest.Alter(t, p.url, statements...)
		return
	}
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(p.path))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	for _, s := range statements {
		_, err = db.ExecContext(t.Context(), s)
		must(t, err)
	}
}

// commits is how often a file was written to.
func (p place) commits(t *testing.T) (n int64) {
	t.Helper()
	b, err := os.ReadFile(p.path + ".leases/commits")
	must(t, err)
	_, err = fmt.Sscanf(string(b), "%d", &n) // decimal, whatever it begins with
	must(t, err)
	return n
}

// counted is how many commits the database itself counts.
func (p place) counted(t *testing.T) int64 {
	t.Helper()
	if p.path == "" {
		return journaltest.Number(t, p.url, `select last from counter where name = 'commit'`)
	}
	return p.commits(t)
}

// unmark makes a file one that was never written to, as it is while it is made.
func (p place) unmark(t *testing.T) {
	t.Helper()
	if p.path != "" {
		must(t, os.Remove(p.path+".leases/commits"))
	}
}
