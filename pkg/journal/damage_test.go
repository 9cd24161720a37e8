package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// record is all that a pass believes of a journal.
type record struct {
	Held    []entity.Holding
	Left    []entity.Leftover
	Notes   []entity.Note
	Orders  []entity.Order
	Stops   journal.Stops
	Known   map[string]bool
	Holders map[string][]entity.Ref
	Placed  map[string]bool
	Fact    string
}

// recall reads all of it; elements are those of which holders are asked.
func recall(t *testing.T, j *journal.Journal, elements []string) (r record, err error) {
	t.Helper()
	ctx := t.Context()
	for _, ask := range []func() error{
		func() (err error) { r.Held, err = j.Holdings(ctx); return err },
		func() (err error) { r.Left, err = j.Leftovers(ctx, "hq"); return err },
		func() (err error) { r.Notes, err = j.Notes(ctx, "hq"); return err },
		func() (err error) { r.Orders, err = j.Orders(ctx); return err },
		func() (err error) { r.Stops, err = j.Stops(ctx); return err },
		func() (err error) { r.Known, err = j.Known(ctx); return err },
		func() (err error) { r.Fact, _, err = j.Recall(ctx, "gate"); return err },
		func() (err error) { r.Holders, err = j.Holders(ctx, "edge", entity.ClassSource, elements); return err },
		func() (err error) { r.Placed, err = j.Placed(ctx, "edge", entity.ClassSource, elements); return err },
	} {
		if err := ask(); err != nil {
			return record{}, err
		}
	}
	return r, nil
}

// filled is a journal with some of everything; its process died, so that its last commits stand in the log.
func filled(t *testing.T) (folder string, truth record, elements []string) {
	t.Helper()
	folder = t.TempDir()
	j := open(t, filepath.Join(folder, "var.db"))
	for n := range 60 {
		target := host("hq", fmt.Sprint(n))
		elements = append(elements, target.Host.IP)
		h := holding(target, "edge", target.Host.IP, "shared")
		in := begin(t, j, intent(entity.ActionBlock, target, "edge"))[0]
		must(t, j.Settle(t.Context(), []entity.Settlement{{Intent: in, Holding: &h, Done: entity.ActionBlock}}))
		if n%3 == 0 {
			must(t, j.Recorded(t.Context(), []int64{in.ID}, []entity.Note{{Ref: target.Ref, Text: "VAR: Blocked"}}))
		}
		if n == 40 {
			j = place{path: filepath.Join(folder, "var.db"), url: url(filepath.Join(folder, "var.db"))}.reopen(t, j)
		}
	}
	must(t, j.Order(t.Context(), entity.Order{Target: host("hq", "7"), Verb: entity.VerbSpare, By: alice}))
	must(t, j.Stop(t.Context(), journal.StopPause, alice))
	must(t, j.Know(t.Context(), "hq"))
	must(t, j.Remember(t.Context(), "gate", "digest"))
	elements = append(elements, "shared", "nobody's")
	truth, err := recall(t, j, elements)
	must(t, err)
	return folder, truth, elements
}

// cloned is a folder like another, as a crash leaves it: without locks in memory.
func cloned(t *testing.T, folder string) string {
	t.Helper()
	to := t.TempDir()
	must(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(folder, path)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		case strings.HasSuffix(path, "-shm"):
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o640)
	}))
	return to
}

// harms are ways in which a file, its bytes given, comes to grief; nil: it is gone.
var harms = map[string]func(r *rand.Rand, b []byte) []byte{
	"truncated": func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] },
	"truncated at a page": func(r *rand.Rand, b []byte) []byte {
		return b[:r.IntN(len(b)/4096+1)*4096]
	},
	"emptied": func(*rand.Rand, []byte) []byte { return []byte{} },
	"deleted": func(*rand.Rand, []byte) []byte { return nil },
	"a byte flipped": func(r *rand.Rand, b []byte) []byte {
		b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		return b
	},
	"bytes flipped": func(r *rand.Rand, b []byte) []byte {
		for range 20 {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	},
	"a block of zeros": func(r *rand.Rand, b []byte) []byte {
		at := r.IntN(len(b))
		clear(b[at:min(at+512, len(b))])
		return b
	},
	"pages exchanged": func(r *rand.Rand, b []byte) []byte {
		x, y := r.IntN(len(b)/4096)*4096, r.IntN(len(b)/4096)*4096
		page := bytes.Clone(b[x : x+4096])
		copy(b[x:], b[y:y+4096])
		copy(b[y:], page)
		return b
	},
	"garbage behind it": func(r *rand.Rand, b []byte) []byte {
		for range 5000 {
			b = append(b, byte(r.IntN(256)))
		}
		return b
	},
	"something else": func(*rand.Rand, []byte) []byte { return bytes.Repeat([]byte("no database\n"), 1000) },
}

// Whatever happens to its files, a journal says what was written, or that it is damaged and where it is now. It never
// says something else: a pass would release by it. And what reads it only, does the same.
func TestADamagedJournalNeverLies(t *testing.T) {
	folder, truth, elements := filled(t)
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	told := map[string]int{}
	for _, part := range []string{"var.db", "var.db-wal"} {
		for harm, do := range harms {
			for n := range rounds {
				seed := uint64(n)
				t.Run(fmt.Sprintf("%s %s %d", part, harm, seed), func(t *testing.T) {
					at := cloned(t, folder)
					hurt(t, filepath.Join(at, part), func(b []byte) []byte { return do(rand.New(rand.NewPCG(seed, 7)), b) })
					look(t, at, truth, elements)
					told[verdict(t, at, truth, elements)]++
				})
			}
		}
	}
	t.Log(told)
	for _, v := range []string{"the truth", "set aside", "gone"} {
		if told[v] == 0 {
			t.Errorf("never %q: the harms do not harm", v)
		}
	}
}

func hurt(t *testing.T, path string, harm func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	if b = harm(b); b == nil {
		must(t, os.Remove(path))
		return
	}
	must(t, os.WriteFile(path, b, 0o640))
}

// look reads without writing: it may say less, never something else.
func look(t *testing.T, folder string, truth record, elements []string) {
	t.Helper()
	before := folderSet(t, folder)
	j, err := journal.OpenReadOnly(t.Context(), url(filepath.Join(folder, "var.db")), "")
	if err != nil {
		if !errors.Is(err, journal.ErrAbsent) {
			clearWord(t, err)
		}
		return
	}
	defer func() { _ = j.Close() }() // a damaged one may not close well
	if got, err := recall(t, j, elements); err == nil {
		same(t, "what a look says", truth, got)
	} else {
		clearWord(t, err)
	}
	for name := range folderSet(t, folder) {
		if !before[name] && !strings.HasSuffix(name, "-shm") {
			t.Errorf("the look left %s", name)
		}
	}
}

func folderSet(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for name := range folder(t, dir) {
		names[name] = true
	}
	return names
}

// clearWord checks that an error says what to do.
func clearWord(t *testing.T, err error) {
	t.Helper()
	var damaged *journal.DamagedError
	if !errors.As(err, &damaged) && !strings.Contains(err.Error(), "install the newer var") {
		t.Errorf("no clear word: %v", err)
	}
}

// verdict opens a journal as a pass does, and checks what it says and what is left for the next.
func verdict(t *testing.T, folder string, truth record, elements []string) string {
	t.Helper()
	path := filepath.Join(folder, "var.db")
	j, err := journal.Open(t.Context(), url(path), "")
	var got record
	if err == nil {
		t.Cleanup(func() { _ = j.Close() })
		got, err = recall(t, j, elements)
	}
	var damaged *journal.DamagedError
	switch {
	case errors.As(err, &damaged):
		anew(t, path, damaged)
		return "set aside"
	case err != nil:
		clearWord(t, err)
		return "refused"
	case j.Lost() != "":
		if !j.Fresh() || len(got.Held) > 0 || !strings.Contains(j.Lost(), "var state restore") {
			t.Errorf("a new journal in place of one that is gone: fresh %v, %q, %+v", j.Fresh(), j.Lost(), got)
		}
		return "gone"
	}
	if diff := cmp.Diff(truth, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("it lies (-written +read):\n%s", diff)
	}
	return "the truth"
}

// anew checks that a damaged journal was kept, and that the next run begins with a new one and says so.
func anew(t *testing.T, path string, damaged *journal.DamagedError) {
	t.Helper()
	if damaged.Aside == "" || !strings.Contains(damaged.Error(), damaged.Aside) || !strings.Contains(damaged.Error(), "var state restore") {
		t.Fatalf("not set aside: %v", damaged)
	}
	if _, err := os.Stat(damaged.Aside); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	next := open(t, path)
	if !next.Fresh() || next.Lost() == "" || len(held(t, next)) > 0 {
		t.Errorf("the next journal: fresh %v, lost %q", next.Fresh(), next.Lost())
	}
}

// Whatever column of whatever row has changed by itself is found when it is read.
func TestAChangedRowIsFound(t *testing.T) {
	tests := map[string]string{
		"a holding's data":      `update holding set data = replace(data, 'pc-7', 'pc-8')`,
		"a holding's blocker":   `update holding set blocker = 'dc'`,
		"an intent's data":      `update intent set data = replace(data, 'pc-8', 'pc-9')`,
		"an intent's end":       `update intent set settled = '{"done":"release"}'`,
		"a note":                `update note set text = 'VAR: Unblocked'`,
		"an order":              `update person set data = replace(data, 'spare', 'block')`,
		"a fact":                `update meta set value = 'other' where key = 'fact:gate'`,
		"an element's row":      `update element set element = 'y'`,
		"an element on devices": `update placed set at = at + 1`,
		"a row less":            `delete from note`,
		"a row more":            `insert into element (blocker, class, element, source, kind, id) values ('edge', 'source', 'x', 'hq', 'host', '9')`,
		"a sum":                 `update tally set sum = sum + 1 where name = 'intent'`,
		"a count":               `update tally set many = many + 1 where name = 'person'`,
	}
	for name, statement := range tests {
		at := onFile(t)
		j := at.open(t)
		_, elements := stock(t, j)
		at.alter(t, statement)
		if _, err := recall(t, j, elements); !errors.As(err, new(*journal.DamagedError)) {
			t.Errorf("%s: got %v", name, err)
		}
		must(t, j.Close())
	}
}
