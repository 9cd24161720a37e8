package journal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

var epoch = time.Date(2026, 11, 21, 19, 18, 30, 123456789, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func host(source, id string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Source: source, Kind: entity.KindHost, ID: id}, Name: "pc-" + id, Tags: []string{"vip"},
		Host: &entity.Host{IP: "10.0.0." + id, MACs: []string{"00:11"}, Raw: []byte(`{"id":7}`)},
	}
}

func holding(t entity.Target, blocker string, elements ...string) entity.Holding {
	return entity.Holding{
		Target: t, Blocker: blocker, Label: blocker + " label", State: entity.Complete, Since: epoch, Asserted: epoch,
		Receipt: entity.Receipt{Elements: elements, Until: epoch.Add(time.Hour), Former: "allow", Adopted: true},
		Reasons: []string{"tag block"}, Devices: []string{"fw1"}, Missing: []string{"fw2"}, Problem: "fw2: 500", Unable: []entity.Unable{{Device: "fw2", Element: "2001:db8::7"}},
	}
}

func intent(action entity.Action, t entity.Target, blocker string) entity.Intent {
	return entity.Intent{
		Action: action, Target: t, Blocker: blocker, Label: blocker + " label", Elements: []string{t.Host.IP},
		Receipt: entity.Receipt{Elements: []string{"before"}}, Reasons: []string{"tag block"}, At: epoch,
	}
}

func begin(t *testing.T, j *journal.Journal, intents ...entity.Intent) []entity.Intent {
	t.Helper()
	must(t, j.Begin(t.Context(), intents))
	return intents
}

// held is all that the journal holds, with the raw objects that planning does without.
func held(t *testing.T, j *journal.Journal) []entity.Holding {
	t.Helper()
	all, err := j.Holdings(t.Context())
	must(t, err)
	all = slices.Clone(all)
	for i, h := range all {
		if h.Target.Raw() != nil {
			t.Errorf("the raw object of %s is read for planning", h.Target.Ref)
		}
		raws, err := j.Raws(t.Context(), h.Blocker, []entity.Ref{h.Target.Ref})
		must(t, err)
		all[i].Target = h.Target.WithRaw(raws[h.Target.Ref])
	}
	return all
}

func leftovers(t *testing.T, j *journal.Journal, source string) []entity.Leftover {
	t.Helper()
	left, err := j.Leftovers(t.Context(), source)
	must(t, err)
	return left
}

func same(t *testing.T, what string, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(opts, cmpopts.EquateEmpty())...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAHoldingIsKeptAsItIs(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		h := holding(host("hq", "7"), "edge", "10.0.0.7", "10.0.0.8")
		must(t, j.Adopt(t.Context(), []entity.Holding{h}))
		j = at.reopen(t, j)
		same(t, "held after a restart", []entity.Holding{h}, held(t, j))
	})
}

// An intent that nobody settled is what a run that died leaves behind.
func TestAnIntentOutlivesItsProcess(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		in := begin(t, j, intent(entity.ActionBlock, host("hq", "7"), "edge"), intent(entity.ActionRelease, host("branch", "8"), "edge"))
		if in[0].ID == 0 || in[0].ID == in[1].ID {
			t.Fatalf("intents have the ids %d and %d", in[0].ID, in[1].ID)
		}
		j = at.reopen(t, j)
		same(t, "left of hq", []entity.Leftover{{Intent: in[0]}}, leftovers(t, j, "hq"))
		same(t, "left of branch", []entity.Leftover{{Intent: in[1]}}, leftovers(t, j, "branch"))
	})
}

func TestASettledIntentStaysUntilItIsRecorded(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		in := begin(t, j, intent(entity.ActionBlock, host("hq", "7"), "edge"))
		h := holding(in[0].Target, "edge", "10.0.0.7")
		must(t, j.Settle(t.Context(), []entity.Settlement{{Intent: in[0], Holding: &h, Done: entity.ActionBlock, Partial: true}}))
		j = at.reopen(t, j)
		same(t, "left", []entity.Leftover{{Intent: in[0], Settled: true, Done: entity.ActionBlock, Partial: true}}, leftovers(t, j, "hq"))
		same(t, "held", []entity.Holding{h}, held(t, j))

		note := entity.Note{Ref: in[0].Target.Ref, Text: "VAR: Blocked on …"}
		must(t, j.Recorded(t.Context(), []int64{in[0].ID}, []entity.Note{note}))
		j = at.reopen(t, j)
		same(t, "left after it was recorded", []entity.Leftover(nil), leftovers(t, j, "hq"))
		notes, err := j.Notes(t.Context(), "hq")
		must(t, err)
		if len(notes) != 1 || notes[0].Ref != note.Ref || notes[0].Text != note.Text {
			t.Fatalf("queued notes %+v", notes)
		}
		must(t, j.NotesWritten(t.Context(), []int64{notes[0].ID}))
		notes, err = j.Notes(t.Context(), "hq")
		must(t, err)
		same(t, "notes after they were written", []entity.Note(nil), notes)
	})
}

func TestAnIntentThatChangedNothingIsDropped(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		in := begin(t, j, intent(entity.ActionRenew, host("hq", "7"), "edge"))
		h := holding(in[0].Target, "edge", "10.0.0.7")
		must(t, j.Settle(t.Context(), []entity.Settlement{{Intent: in[0], Holding: &h}}))
		same(t, "left", []entity.Leftover(nil), leftovers(t, j, "hq"))
		same(t, "held", []entity.Holding{h}, held(t, j))
	})
}

func TestAReleaseEndsTheHoldingAndItsElements(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		target := host("hq", "7")
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(target, "edge", "10.0.0.7"), holding(target, "dc", "10.0.0.7")}))
		in := begin(t, j, intent(entity.ActionRelease, target, "edge"))
		must(t, j.Settle(t.Context(), []entity.Settlement{{Intent: in[0], Done: entity.ActionRelease}}))
		same(t, "held", []entity.Holding{holding(target, "dc", "10.0.0.7")}, held(t, j))
		who, err := j.Holders(t.Context(), "edge", entity.ClassSource, []string{"10.0.0.7"})
		must(t, err)
		same(t, "holders", map[string][]entity.Ref{"10.0.0.7": nil}, who)
	})
}

// What a holding was at first stays: since when, and when a device last confirmed it unless a later time is known.
func TestABlockThatIsRepeatedKeepsItsBeginning(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		h := holding(host("hq", "7"), "edge", "a", "b")
		must(t, j.Adopt(t.Context(), []entity.Holding{h}))
		later := h
		later.Since, later.Asserted, later.State = epoch.Add(time.Hour), time.Time{}, entity.Partial
		later.Receipt.Elements = []string{"b", "c"}
		must(t, j.Adopt(t.Context(), []entity.Holding{later}))
		want := later
		want.Since, want.Asserted = epoch, epoch
		same(t, "after a failure", []entity.Holding{want}, held(t, j))
		later.Asserted = epoch.Add(time.Hour)
		must(t, j.Adopt(t.Context(), []entity.Holding{later}))
		want.Asserted = later.Asserted
		same(t, "after a confirmation", []entity.Holding{want}, held(t, j))
	})
}

func TestHoldersAreCountedByBlockerClassAndElement(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		detection := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "1"}}
		line := entity.Target{Ref: entity.Ref{Source: "static", Kind: entity.KindStatic, ID: "x"}}
		must(t, j.Adopt(t.Context(), []entity.Holding{
			holding(host("hq", "1"), "edge", "x", "y"), holding(host("branch", "1"), "edge", "x"), holding(host("hq", "2"), "dc", "x"),
			holding(detection, "edge", "x"), holding(line, "edge", "x"),
		}))
		tests := map[string]struct {
			blocker string
			class   entity.Class
			element string
			want    []entity.Ref
		}{
			"two brains":             {"edge", entity.ClassSource, "x", []entity.Ref{host("branch", "1").Ref, host("hq", "1").Ref}},
			"one":                    {"edge", entity.ClassSource, "y", []entity.Ref{host("hq", "1").Ref}},
			"another blocker":        {"dc", entity.ClassSource, "x", []entity.Ref{host("hq", "2").Ref}},
			"detection and static":   {"edge", entity.ClassDestination, "x", []entity.Ref{detection.Ref, line.Ref}},
			"nobody":                 {"edge", entity.ClassAccount, "x", nil},
			"like, but not the same": {"edge", entity.ClassSource, "X", nil},
		}
		for name, tt := range tests {
			got, err := j.Holders(t.Context(), tt.blocker, tt.class, []string{tt.element})
			must(t, err)
			same(t, name, map[string][]entity.Ref{tt.element: tt.want}, got)
		}
	})
}

// A batch is one commit: all of it stands, or nothing.
func TestABatchThatFailsLeavesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		bad := host("hq", "8")
		bad.Host.Raw = []byte(`{"cut`)
		if err := j.Begin(t.Context(), []entity.Intent{intent(entity.ActionBlock, host("hq", "7"), "edge"), intent(entity.ActionBlock, bad, "edge")}); err == nil {
			t.Fatal("a target that cannot be written was written")
		}
		same(t, "left", []entity.Leftover(nil), leftovers(t, j, "hq"))
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := j.Adopt(stopped, []entity.Holding{holding(host("hq", "7"), "edge", "a")}); err == nil {
			t.Fatal("written after the end")
		}
		same(t, "held", []entity.Holding(nil), held(t, j))
	})
}

func TestALargeBatchIsWhole(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		var intents []entity.Intent
		for i := range 1000 {
			intents = append(intents, intent(entity.ActionBlock, host("hq", string(rune('a'+i%26))+strings.Repeat("x", i/26)), "edge"))
		}
		intents = begin(t, j, intents...)
		var ends []entity.Settlement
		for _, in := range intents {
			h := holding(in.Target, "edge", in.Elements...)
			ends = append(ends, entity.Settlement{Intent: in, Holding: &h, Done: entity.ActionBlock})
		}
		must(t, j.Settle(t.Context(), ends))
		j = at.reopen(t, j)
		if h, left := held(t, j), leftovers(t, j, "hq"); len(h) != 1000 || len(left) != 1000 || len(h[500].Receipt.Elements) != 1 {
			t.Fatalf("%d holdings, %d intents of 1,000", len(h), len(left))
		}
		n, notes, err := j.Unfinished(t.Context())
		must(t, err)
		if n != 1000 || notes != 0 {
			t.Errorf("unfinished: %d intents, %d notes", n, notes)
		}
	})
}

func TestTheOwnerIsMadeOnceAndKept(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		made := j.Owner()
		if len(made) < 8 || !j.Fresh() {
			t.Fatalf("owner %q of a new journal, fresh %v", made, j.Fresh())
		}
		if j = at.reopen(t, j); j.Owner() != made {
			t.Errorf("owner %q, was %q", j.Owner(), made)
		}
		must(t, j.Close())
		configured, err := at.try(t, "site-a")
		must(t, err)
		if configured.Owner() != "site-a" {
			t.Errorf("the configured owner is %q", configured.Owner())
		}
		if j = at.reopen(t, configured); j.Owner() != "site-a" {
			t.Errorf("after the configured owner: %q", j.Owner())
		}
		if other := open(t, file(t)); other.Owner() == made {
			t.Error("two installations have one owner")
		}
	})
}

// A journal stays fresh until its owner was found to go with what devices hold, whatever dies before.
func TestAJournalIsFreshUntilItsOwnerFits(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.reopen(t, at.open(t))
		if !j.Fresh() {
			t.Error("a restart made it old")
		}
		for range 2 {
			must(t, j.OwnerFits(t.Context()))
			if j.Fresh() {
				t.Error("it is fresh although its owner fits")
			}
			j = at.reopen(t, j)
		}
	})
}

func TestAStateThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(inTheWay, []byte("no folder"), 0o600))
	noDatabase := filepath.Join(t.TempDir(), "var.db")
	must(t, os.WriteFile(noDatabase, []byte(strings.Repeat("this is no database. ", 100)), 0o600))
	for state, want := range map[string]string{
		"mysql://x":               "want sqlite:///",
		"sqlite://":               "want sqlite:///",
		url(inTheWay + "/var.db"): "make its folder",
		url(noDatabase):           noDatabase,
	} {
		_, err := journal.Open(t.Context(), state, "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", state, err, want)
		}
		if _, err := journal.OpenReadOnly(t.Context(), state, ""); err == nil {
			t.Errorf("%s: opened for reading", state)
		}
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		must(t, at.open(t).Close())
		at.alter(t, `insert into goose_db_version (version_id, is_applied) values (99, true)`)
		if _, err := at.try(t, ""); err == nil || !strings.Contains(err.Error(), "install the newer var") {
			t.Errorf("got %v", err)
		}
		if _, err := at.look(t, ""); err == nil || errors.Is(err, journal.ErrAbsent) {
			t.Errorf("for reading: got %v", err)
		}
	})
}

func TestAMemoryJournalIsForgotten(t *testing.T) {
	for range 2 {
		j, err := journal.OpenMemory(t.Context(), "site-a")
		must(t, err)
		if !j.Fresh() || j.Owner() != "site-a" || len(held(t, j)) > 0 {
			t.Errorf("fresh %v, owner %q", j.Fresh(), j.Owner())
		}
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "a")}))
		must(t, j.Close())
	}
}

// A record that cannot be read or written is an error at every question, never an empty answer.
func TestAClosedJournalAnswersNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		must(t, j.Close())
		ctx := t.Context()
		for name, ask := range map[string]func() error{
			"holdings":   func() error { _, err := j.Holdings(ctx); return err },
			"holders":    func() error { _, err := j.Holders(ctx, "edge", entity.ClassSource, []string{"x"}); return err },
			"leftovers":  func() error { _, err := j.Leftovers(ctx, "hq"); return err },
			"notes":      func() error { _, err := j.Notes(ctx, "hq"); return err },
			"unfinished": func() error { _, _, err := j.Unfinished(ctx); return err },
			"begin": func() error {
				return j.Begin(ctx, []entity.Intent{intent(entity.ActionBlock, host("hq", "7"), "edge")})
			},
			"settle":        func() error { return j.Settle(ctx, []entity.Settlement{{}}) },
			"recorded":      func() error { return j.Recorded(ctx, []int64{1}, nil) },
			"notes written": func() error { return j.NotesWritten(ctx, []int64{1}) },
			"adopt":         func() error { return j.Adopt(ctx, nil) },
			"owner fits":    func() error { return j.OwnerFits(ctx) },
		} {
			if ask() == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func TestNotEverybodyMayReadTheState(t *testing.T) {
	path := file(t)
	j := open(t, path)
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "10.0.0.7")}))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		must(t, err)
		if info.Mode().Perm()&0o007 != 0 {
			t.Errorf("var.db%s has the rights %v", suffix, info.Mode())
		}
	}
}
