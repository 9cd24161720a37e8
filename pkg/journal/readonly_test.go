package journal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// folder is every file below a folder, with its bytes.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			files[path] = ""
			return err
		}
		b, err := os.ReadFile(path)
		files[path] = string(b)
		if strings.HasSuffix(path, "-shm") {
			files[path] = "locks" // not state: processes that read note there how far
		}
		return err
	}))
	return files
}

// Promise 6: a look changes no byte, and leaves no file.
func TestReadingOnlyWritesNothing(t *testing.T) {
	path := file(t)
	j := open(t, path)
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "10.0.0.7")}))
	owner := j.Owner()
	must(t, j.Close())
	before := folder(t, filepath.Dir(path))
	ro, err := journal.OpenReadOnly(t.Context(), url(path), "")
	must(t, err)
	if ro.Owner() != owner || len(held(t, ro)) != 1 {
		t.Errorf("owner %q, held %v", ro.Owner(), held(t, ro))
	}
	if err := ro.Adopt(t.Context(), []entity.Holding{holding(host("hq", "8"), "edge", "a")}); err == nil {
		t.Error("it took a write")
	}
	must(t, ro.Close())
	same(t, "the folder", before, folder(t, filepath.Dir(path)))
}

// A look while another process is at work sees what that has committed.
func TestReadingOnlyBesideAWriter(t *testing.T) {
	path := file(t)
	j := open(t, path)
	ro, err := journal.OpenReadOnly(t.Context(), url(path), "")
	must(t, err)
	t.Cleanup(func() { _ = ro.Close() })
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "10.0.0.7")}))
	if got := held(t, ro); len(got) != 1 {
		t.Errorf("held %v", got)
	}
}

// A process that was killed leaves its log beside the database: what it committed counts.
func TestReadingOnlyAfterACrash(t *testing.T) {
	path := file(t)
	j := open(t, path)
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "10.0.0.7")}))
	crashed := filepath.Join(t.TempDir(), "var.db")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(path + suffix)
		must(t, err)
		must(t, os.WriteFile(crashed+suffix, b, 0o600))
	}
	before := folder(t, filepath.Dir(crashed))
	ro, err := journal.OpenReadOnly(t.Context(), url(crashed), "")
	must(t, err)
	if got := held(t, ro); len(got) != 1 {
		t.Errorf("held %v", got)
	}
	must(t, ro.Close())
	same(t, "the folder", before, folder(t, filepath.Dir(crashed)))
	if got := held(t, open(t, crashed)); len(got) != 1 {
		t.Errorf("held by the next run: %v", got)
	}
}

func TestNoJournalIsTold(t *testing.T) {
	path := file(t)
	if _, err := journal.OpenReadOnly(t.Context(), url(path), ""); !errors.Is(err, journal.ErrAbsent) {
		t.Errorf("no file: got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("looking made a folder")
	}
	empty := filepath.Join(t.TempDir(), "var.db")
	must(t, os.WriteFile(empty, nil, 0o600))
	if _, err := journal.OpenReadOnly(t.Context(), url(empty), ""); !errors.Is(err, journal.ErrAbsent) {
		t.Errorf("an older schema: got %v", err)
	}
}

func TestTheConfiguredOwnerCountsForALookToo(t *testing.T) {
	path := file(t)
	must(t, open(t, path).Close())
	ro, err := journal.OpenReadOnly(t.Context(), url(path), "site-a")
	must(t, err)
	t.Cleanup(func() { _ = ro.Close() })
	if ro.Owner() != "site-a" {
		t.Errorf("got %q", ro.Owner())
	}
}

// A link to the file is the same journal: its log and its locks are beside the file.
func TestALinkIsTheSameJournal(t *testing.T) {
	path := file(t)
	j := open(t, path)
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(path, link))
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
	look, err := place{url: url(link)}.look(t, "")
	must(t, err)
	if n := len(held(t, look)); n != 1 {
		t.Errorf("a look sees %d of 1", n)
	}
	defer acquire(t, open(t, link), edge, 0)()
	leased(t, j, edge)
}
