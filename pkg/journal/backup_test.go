package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
)

func (p place) restore(t *testing.T, backup string, replace bool) (string, error) {
	t.Helper()
	return journal.Restore(t.Context(), p.url, backup, journal.Restoring{By: alice, Replace: replace}, p.opts...)
}

// stock is a journal with some of everything, on any database.
func stock(t *testing.T, j *journal.Journal) (truth record, elements []string) {
	t.Helper()
	elements = []string{"10.0.0.7", "x"}
	h := holding(host("hq", "7"), "edge", "10.0.0.7")
	h.Problem = "a\x00b\xff"
	act(t, j, intent(entity.ActionBlock, h.Target, "edge"), entity.Settlement{Holding: &h, Done: entity.ActionBlock})
	begin(t, j, intent(entity.ActionRelease, host("hq", "8"), "edge"))
	must(t, j.Recorded(t.Context(), nil, []entity.Note{{Ref: h.Target.Ref, Text: "VAR: Blocked"}}))
	must(t, j.Order(t.Context(), entity.Order{Target: host("hq", "7"), Verb: entity.VerbSpare, By: alice}))
	must(t, j.Know(t.Context(), "hq"))
	must(t, j.Remember(t.Context(), "gate", "digest"))
	must(t, j.OwnerFits(t.Context()))
	truth, err := recall(t, j, elements)
	must(t, err)
	return truth, elements
}

func backup(t *testing.T, j *journal.Journal) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "50%#?backup.db")
	must(t, j.Backup(t.Context(), path))
	return path
}

// A backup of either database is a file that either takes back.
func TestABackupIsTheWholeJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, from place) {
		j := from.open(t)
		truth, elements := stock(t, j)
		file := backup(t, j)
		for name, to := range map[string]place{"file": onFile(t), "server": onServer(t)} {
			aside, err := to.restore(t, file, false)
			must(t, err)
			restored := to.open(t)
			got, err := recall(t, restored, elements)
			must(t, err)
			same(t, "restored onto a "+name, truth, got)
			if restored.Owner() != j.Owner() || restored.Fresh() || restored.Lost() != "" {
				t.Errorf("%s: owner %q of %q, fresh %v, lost %q", name, restored.Owner(), j.Owner(), restored.Fresh(), restored.Lost())
			}
			if name == "file" && aside != "" {
				t.Errorf("something was set aside as %s", aside)
			}
			events := history(t, restored, journal.Filter{})
			if len(events) != len(history(t, j, journal.Filter{}))+1 || events[0].Action != "restore" {
				t.Errorf("%s: history %+v", name, events)
			}
			act(t, restored, intent(entity.ActionRelease, host("hq", "7"), "edge"), entity.Settlement{})
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
		must(t, err)
		for _, name := range left {
			if name != file && !strings.Contains(name, ".replaced-") {
				t.Errorf("left behind: %s", name)
			}
		}
	})
}

func TestABackupReplacesNothing(t *testing.T) {
	j := open(t, file(t))
	path := filepath.Join(t.TempDir(), "mine")
	must(t, os.WriteFile(path, []byte("mine"), 0o600))
	if err := j.Backup(t.Context(), path); err == nil {
		t.Error("a file was overwritten")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("it is %q now: %v", b, err)
	}
	if err := j.Backup(t.Context(), filepath.Join(t.TempDir(), "no folder", "x")); err == nil {
		t.Error("no error where there is no folder")
	}
}

// Whoever restores does not lose what is held: it is refused, or kept beside.
func TestARestoreKeepsWhatItReplaces(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		old := open(t, file(t))
		file := backup(t, old)
		j := at.open(t)
		truth, elements := stock(t, j)
		must(t, j.Stop(t.Context(), journal.StopPanic, alice))
		must(t, j.Close())
		if _, err := at.restore(t, file, false); err == nil || !strings.Contains(err.Error(), "holds 1 block") {
			t.Fatalf("over a journal that holds something: %v", err)
		}
		j = at.open(t)
		got, err := recall(t, j, elements)
		must(t, err)
		got.Stops = journal.Stops{}
		same(t, "after the refusal", truth, got)
		must(t, j.Close())
		aside, err := at.restore(t, file, true)
		must(t, err)
		j = at.open(t)
		if len(held(t, j)) > 0 {
			t.Errorf("held after the restore: %v", held(t, j))
		}
		stops(t, j, journal.Stops{Panic: &alice})
		kept, err := journal.OpenReadOnly(t.Context(), url(aside), "")
		must(t, err)
		defer func() { must(t, kept.Close()) }()
		got, err = recall(t, kept, elements)
		must(t, err)
		got.Stops = journal.Stops{}
		same(t, "kept beside", truth, got)
	})
}

func TestARestoreWaitsForNobody(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		file := backup(t, open(t, file(t)))
		j := at.open(t)
		acquire(t, j, edge, 0)
		if _, err := at.restore(t, file, true); !errors.As(err, new(*journal.LeasedError)) {
			t.Errorf("while another works: %v", err)
		}
		must(t, j.Close())
		_, err := at.restore(t, file, true)
		must(t, err)
	})
}

func TestADamagedJournalIsReplaced(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		from := open(t, file(t))
		truth, elements := stock(t, from)
		file := backup(t, from)
		j := at.open(t)
		stock(t, j)
		must(t, j.Close())
		at.alter(t, `update holding set data = '{}'`)
		j = at.open(t)
		if _, err := j.Holdings(t.Context()); !errors.As(err, new(*journal.DamagedError)) {
			t.Fatalf("a row that changed by itself: %v", err)
		}
		must(t, j.Close())
		_, err := at.restore(t, file, false)
		must(t, err)
		got, err := recall(t, at.open(t), elements)
		must(t, err)
		same(t, "restored", truth, got)
	})
}

// The log of a journal that was set aside belongs to it.
func TestWhatWasSetAsideCanBeRestored(t *testing.T) {
	folder, truth, elements := filled(t)
	at := onFile(t)
	_, err := at.restore(t, filepath.Join(cloned(t, folder), "var.db"), false)
	must(t, err)
	got, err := recall(t, at.open(t), elements)
	must(t, err)
	same(t, "restored", truth, got)
}

func TestABackupOfAnOlderVersionIsRestored(t *testing.T) {
	from := onFile(t)
	j := from.open(t)
	h := holding(host("hq", "7"), "edge", "10.0.0.7")
	must(t, j.Adopt(t.Context(), []entity.Holding{h}))
	must(t, j.Close())
	journaltest.Older(t, from.path, "migrations")
	at := onFile(t)
	_, err := at.restore(t, from.path, false)
	must(t, err)
	same(t, "held", []entity.Holding{h}, held(t, at.open(t)))
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
		must(t, j.Close())
		bad := onFile(t)
		from := bad.open(t)
		stock(t, from)
		must(t, from.Close())
		bad.alter(t, `delete from element`)
		newer := onFile(t)
		must(t, newer.open(t).Close())
		newer.alter(t, `insert into goose_db_version (version_id, is_applied) values (99, true)`)
		text, empty := filepath.Join(t.TempDir(), "text"), filepath.Join(t.TempDir(), "empty")
		must(t, os.WriteFile(text, []byte(strings.Repeat("no backup. ", 500)), 0o600))
		must(t, os.WriteFile(empty, nil, 0o600))
		for name, path := range map[string]string{
			"nothing": filepath.Join(t.TempDir(), "nothing"), "a text": text, "empty": empty, "damaged": bad.path, "newer": newer.path,
		} {
			if _, err := at.restore(t, path, true); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(held(t, at.open(t))); n != 1 {
			t.Errorf("%d held of 1", n)
		}
	})
}

// A restore that was killed when the former journal was set aside is finished by the next run; one that was killed before
// has changed nothing.
func TestAKilledRestoreIsFinished(t *testing.T) {
	from := open(t, file(t))
	truth, elements := stock(t, from)
	at := onFile(t)
	old := at.open(t)
	must(t, old.Remember(t.Context(), "gate", "old"))
	must(t, old.Close())
	must(t, from.Backup(t.Context(), at.path+".restored"))
	if got, _, err := at.open(t).Recall(t.Context(), "gate"); got != "old" || err != nil {
		t.Errorf("killed before: %q, %v", got, err)
	}
	must(t, from.Backup(t.Context(), at.path+".restored"))
	must(t, os.Rename(at.path, at.path+".replaced-now"))
	j := at.open(t)
	got, err := recall(t, j, elements)
	must(t, err)
	same(t, "killed in the middle", truth, got)
	if j.Lost() != "" {
		t.Error(j.Lost())
	}
}
