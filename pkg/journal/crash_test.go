package journal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// Whenever a process is killed, the next finds a whole journal, and in it all that the other had committed.
func TestAKilledWriterLeavesAWholeJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		before := 0
		for range 5 {
			kill := at.process(t, "write")
			eventually(t, func() bool { return len(held(t, j)) > 0 })
			kill()
			next := at.open(t)
			if next.Lost() != "" {
				t.Fatal(next.Lost())
			}
			if n := len(held(t, next)); n < before {
				t.Errorf("%d holdings, there were %d", n, before)
			} else {
				before = n
			}
			if n := len(leftovers(t, next, "hq")); n > 5 {
				t.Errorf("%d intents are open of five interruptions", n)
			}
			must(t, next.Close())
		}
		if _, err := recall(t, j, nil); err != nil {
			t.Error(err)
		}
	})
}

// eventually waits until something is so.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !so(); {
		if time.Now().After(end) {
			t.Fatal("it never came to that")
		}
	}
}

// Beside a process that opens, writes, checkpoints and closes again and again, a look sees one state of the journal,
// never a mixture, and never an older one than before.
func TestALookBesideAWriterSeesOneState(t *testing.T) {
	at := onFile(t)
	must(t, at.open(t).Close())
	at.process(t, "churn")
	before, looks := 0, 100
	if testing.Short() {
		looks = 10 // the race detector sees nothing of the other process, which makes the journal longer all the time
	}
	for range looks {
		look, err := at.look(t, "")
		must(t, err)
		n := len(held(t, look))
		if n < before {
			t.Errorf("%d holdings, there were %d", n, before)
		}
		before = n
		must(t, look.Close())
	}
	if before == 0 {
		eventually(t, func() bool {
			look, err := at.look(t, "")
			must(t, err)
			defer func() { must(t, look.Close()) }()
			return len(held(t, look)) > 0
		})
	}
}

// A migration is one transaction: whatever was there when it was killed, the next run goes on.
func TestAMigrationThatWasKilledIsDoneAgain(t *testing.T) {
	undo4 := []string{
		`drop index history_by_revision`, `alter table history drop column revision`, `delete from goose_db_version where version_id = 4`,
	}
	undo3 := slices.Concat(undo4, []string{
		`drop table raw`, `delete from tally where name = 'raw'`, `delete from goose_db_version where version_id = 3`,
	})
	undo2 := slices.Concat(undo3, []string{
		`drop table lease`, `drop table placed`, `drop table history`, `drop table person`,
		`delete from tally where name = 'person'`, `delete from goose_db_version where version_id = 2`,
	})
	undo1 := []string{
		`drop table note`, `drop table intent`, `drop table element`, `drop table holding`, `drop table tally`,
		`drop table counter`, `drop table meta`, `delete from goose_db_version where version_id = 1`,
	}
	tests := map[string][]string{
		"after the third":  undo4,
		"after the second": undo3,
		"after the first":  undo2,
		"before the first": slices.Concat(undo2, undo1),
	}
	everywhere(t, func(t *testing.T, at place) {
		for name, statements := range tests {
			j := at.open(t)
			must(t, j.Close())
			at.alter(t, statements...)
			at.unmark(t)
			j = at.open(t)
			must(t, j.Order(t.Context(), entity.Order{Target: host("hq", "7"), Verb: entity.VerbSpare, By: alice}))
			if n := len(orders(t, j)); n != 1 {
				t.Errorf("%s: %d orders of 1", name, n)
			}
			must(t, j.Close())
		}
	})
}

// Two processes on one file: who finds the damage does not take the file from under the other.
func TestADamagedJournalThatIsInUseStays(t *testing.T) {
	at := onFile(t)
	j, other := at.open(t), at.open(t)
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
	at.alter(t, `update holding set data = '{}'`)
	_, err := j.Holdings(t.Context())
	var damaged *journal.DamagedError
	if !errors.As(err, &damaged) || damaged.Aside != "" || !strings.Contains(err.Error(), "in use by another process") {
		t.Fatalf("got %v", err)
	}
	if _, err := j.Orders(t.Context()); !errors.Is(err, damaged) {
		t.Errorf("the next question: %v", err)
	}
	if err := j.Begin(t.Context(), []entity.Intent{intent(entity.ActionRelease, host("hq", "7"), "edge")}); !errors.Is(err, damaged) {
		t.Errorf("the next intent: %v", err)
	}
	must(t, j.Close())
	if _, err = other.Holdings(t.Context()); !errors.As(err, &damaged) || damaged.Aside == "" {
		t.Errorf("the last who uses it: %v", err)
	}
	if next := at.open(t); next.Lost() == "" || !next.Fresh() {
		t.Errorf("the next journal: lost %q, fresh %v", next.Lost(), next.Fresh())
	}
}

// A database on a server cannot be set aside: it is refused until a backup is restored.
func TestADamagedServerIsRefused(t *testing.T) {
	at := onServer(t)
	j := at.open(t)
	begin(t, j, intent(entity.ActionBlock, host("hq", "7"), "edge"))
	at.alter(t, `delete from intent`)
	for range 2 {
		_, err := at.open(t).Leftovers(t.Context(), "hq")
		var damaged *journal.DamagedError
		if !errors.As(err, &damaged) || damaged.Aside != "" || !strings.Contains(err.Error(), "var state restore") {
			t.Errorf("got %v", err)
		}
	}
}

// Cron opens it every five minutes: that is one commit, whatever it holds.
func TestAnOpenIsOneCommit(t *testing.T) {
	at := onFile(t)
	must(t, at.open(t).Close())
	before := at.commits(t)
	for n := range 3 {
		j := at.open(t)
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
		must(t, j.Close())
		if got := at.commits(t); got != before+int64(2*n+2) {
			t.Errorf("%d commits after %d runs of one", got-before, n+1)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := b.TempDir() + "/var.db"
	j, err := journal.Open(b.Context(), url(path), "")
	if err != nil {
		b.Fatal(err)
	}
	var all []entity.Holding
	for n := range 1000 {
		all = append(all, holding(host("hq", string(rune('a'+n%26))+strings.Repeat("x", n/26)), "edge", "x"))
	}
	if err := errors.Join(j.Adopt(b.Context(), all), j.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		j, err := journal.Open(b.Context(), url(path), "")
		if err != nil {
			b.Fatal(err)
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
