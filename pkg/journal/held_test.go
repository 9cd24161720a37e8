package journal_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// What was read once is answered again: the same memory, not a copy of it.
func TestHoldingsAreReadOnceWhereNothingChanged(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		many(t, j, 3)
		first := readHoldings(t, j)
		must(t, j.Remember(t.Context(), "gate", "digest"))
		must(t, j.Recorded(t.Context(), nil, []entity.Note{{Ref: host("hq", "7").Ref, Text: "VAR: Blocked"}}))
		if again := readHoldings(t, j); &again[0] != &first[0] {
			t.Error("they were read again although none has changed")
		}
	})
}

func readHoldings(t *testing.T, j *journal.Journal) []entity.Holding {
	t.Helper()
	held, err := j.Holdings(t.Context())
	must(t, err)
	return held
}

// Whoever writes, in whatever way, the next answer tells of it, and the answer before stays as it was.
func TestHoldingsTellOfEveryChange(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		x := holding(host("hq", "7"), "edge", "x")
		changes := []struct {
			name   string
			change func()
			want   int
		}{
			{"adopted", func() { must(t, j.Adopt(t.Context(), []entity.Holding{x})) }, 1},
			{"by another process", func() { must(t, other.Adopt(t.Context(), []entity.Holding{holding(host("hq", "8"), "edge", "y")})) }, 2},
			{"blocked", func() {
				h := holding(host("hq", "9"), "edge", "z")
				act(t, j, intent(entity.ActionBlock, h.Target, "edge"), entity.Settlement{Holding: &h, Done: entity.ActionBlock})
			}, 3},
			{"released by another process", func() {
				act(t, other, intent(entity.ActionRelease, host("hq", "8"), "edge"), entity.Settlement{Done: entity.ActionRelease})
			}, 2},
			{"nothing that matters, by both", func() {
				must(t, other.Remember(t.Context(), "a", "1"))
				must(t, j.Remember(t.Context(), "b", "2"))
			}, 2},
			{"dropped", func() { must(t, j.Drop(t.Context(), []entity.Holding{x}, alice)) }, 1},
		}
		for _, c := range changes {
			before := readHoldings(t, j)
			was := slices.Clone(before)
			c.change()
			if n := len(readHoldings(t, j)); n != c.want {
				t.Errorf("%s: %d held, want %d", c.name, n, c.want)
			}
			same(t, c.name+": what was answered before", was, before)
			same(t, c.name+": a process that begins now", readHoldings(t, at.open(t)), readHoldings(t, j))
		}
	})
}

// Plugins get the object of the brain, planning does not. It goes with its holding.
func TestRawObjectsStandApart(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		with, without := host("hq", "7"), host("hq", "8")
		without.Host.Raw = nil
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(with, "edge", "x"), holding(with, "dc", "x"), holding(without, "edge", "y")}))
		refs := []entity.Ref{with.Ref, without.Ref, host("hq", "9").Ref}
		want := map[entity.Ref]string{with.Ref: `{"id":7}`}
		same(t, "of both", want, raws(t, j, "edge", refs))

		again := holding(with.WithRaw(nil), "edge", "x")
		must(t, j.Adopt(t.Context(), []entity.Holding{again}))
		same(t, "blocked again without one", want, raws(t, at.reopen(t, j), "edge", refs))

		j = at.open(t)
		moved := with.WithRaw(nil)
		moved.Host.IP = "10.0.0.99"
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(moved, "edge", "z")}))
		same(t, "with another address", map[entity.Ref]string{}, raws(t, j, "edge", refs))
		same(t, "on the other blocker", want, raws(t, j, "dc", refs))
		must(t, j.Drop(t.Context(), []entity.Holding{holding(with, "dc", "x")}, alice))
		same(t, "dropped", map[entity.Ref]string{}, raws(t, j, "dc", refs))
		_, err := recall(t, at.open(t), nil)
		must(t, err)
	})
}

func raws(t *testing.T, j *journal.Journal, blocker string, refs []entity.Ref) map[entity.Ref]string {
	t.Helper()
	found, err := j.Raws(t.Context(), blocker, refs)
	must(t, err)
	texts := map[entity.Ref]string{}
	for ref, raw := range found {
		texts[ref] = string(raw)
	}
	return texts
}

// What is held is held in memory all through a pass: it must stay small, and grow with nothing but its number.
func TestHoldingsAreSmallInMemory(t *testing.T) {
	const n, most = 2000, 800
	at := onFile(t)
	j := at.open(t)
	many(t, j, n)
	j = at.reopen(t, j)
	before := live()
	all := readHoldings(t, j)
	each := (live() - before) / n
	runtime.KeepAlive(all)
	t.Logf("%d bytes each", each)
	if each > most {
		t.Errorf("a holding of a host takes %d bytes, more than %d", each, most)
	}
}

func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A batch is one commit for each step, however large it is, on whatever database.
func TestABatchIsOneCommitForEachStep(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		var intents []entity.Intent
		for i := range 1000 {
			intents = append(intents, intent(entity.ActionBlock, rich(i), "edge"))
		}
		before := at.counted(t)
		must(t, j.Begin(t.Context(), intents))
		ends, ids, notes := make([]entity.Settlement, len(intents)), make([]int64, len(intents)), make([]entity.Note, len(intents))
		for i, in := range intents {
			h := blocked(in.Target, "edge")
			ends[i], ids[i] = entity.Settlement{Intent: in, Holding: &h, Done: entity.ActionBlock}, in.ID
			notes[i] = entity.Note{Ref: in.Target.Ref, Text: "VAR: Blocked"}
		}
		must(t, j.Settle(t.Context(), ends))
		must(t, j.Recorded(t.Context(), ids, notes))
		queue, err := j.Notes(t.Context(), "hq")
		must(t, err)
		written := make([]int64, len(queue))
		for i, n := range queue {
			written[i] = n.ID
		}
		must(t, j.NotesWritten(t.Context(), written))
		if n := at.counted(t) - before; n != 4 || len(queue) != 1000 {
			t.Errorf("%d commits for %d notes", n, len(queue))
		}
		intentsLeft, notesLeft, err := j.Unfinished(t.Context())
		must(t, err)
		if intentsLeft+notesLeft > 0 || len(readHoldings(t, j)) != 1000 {
			t.Errorf("%d intents, %d notes, %d held", intentsLeft, notesLeft, len(readHoldings(t, j)))
		}
	})
}

// What comes twice in one batch is done twice, one after the other.
func TestABatchMayNameOneTargetTwice(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		target := host("hq", "7")
		in := begin(t, j, intent(entity.ActionBlock, target, "edge"), intent(entity.ActionRelease, target, "edge"), intent(entity.ActionBlock, target, "edge"))
		a, b := holding(target, "edge", "a"), holding(target, "edge", "b")
		must(t, j.Settle(t.Context(), []entity.Settlement{
			{Intent: in[0], Holding: &a, Done: entity.ActionBlock}, {Intent: in[1], Done: entity.ActionRelease}, {Intent: in[2], Holding: &b, Done: entity.ActionBlock},
		}))
		same(t, "held", []entity.Holding{b}, held(t, j))
		events, err := j.History(t.Context(), journal.Filter{})
		must(t, err)
		if got := fmt.Sprint(len(events), events[0].Elements); got != "3 [b]" {
			t.Errorf("the history tells %s", got)
		}
	})
}
