package journal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// names are those that stand in a journal.
type names struct{ source, other, blocker, second, device string }

var former = names{"hq", "branch", "edge", "dc", "fw1"}

// furnish writes some of everything under these names.
func furnish(t *testing.T, j *journal.Journal, n names) {
	t.Helper()
	for id := range 2 {
		for i, source := range []string{n.source, n.other} {
			for _, blocker := range []string{n.blocker, n.second} {
				h := holding(host(source, fmt.Sprint(id)), blocker, fmt.Sprintf("10.0.0.%d", id), fmt.Sprintf("own-%d", i))
				h.Label = "label" // of tags, which are not renamed
				h.Devices, h.Missing = []string{n.device}, []string{"fw9"}
				h.Unable = []entity.Unable{{Device: n.device, Element: "own-0"}}
				h.Place = entity.PlaceOf(map[string]string{"source": "VAR", "device " + n.device: "vsys1", "device fw9": "vsys1"})
				in := intent(entity.ActionBlock, h.Target, blocker)
				in.Devices, in.Label = []string{n.device}, h.Label
				act(t, j, in, entity.Settlement{Holding: &h, Done: entity.ActionBlock})
			}
		}
	}
	in := intent(entity.ActionRelease, host(n.source, "8"), n.blocker)
	in.Devices, in.Label = []string{n.device, "fw9"}, "label"
	begin(t, j, in, intent(entity.ActionBlock, host(n.other, "9"), n.second))
	must(t, j.Recorded(t.Context(), nil, []entity.Note{
		{Ref: host(n.source, "1").Ref, Text: "VAR: Blocked"}, {Ref: host(n.other, "1").Ref, Text: "VAR: Blocked"},
	}))
	must(t, j.Order(t.Context(), entity.Order{Target: host(n.source, "7"), Verb: entity.VerbSpare, By: alice}))
	must(t, j.Order(t.Context(), entity.Order{Target: host(n.other, "7"), Verb: entity.VerbSpare, By: alice}))
	must(t, j.Know(t.Context(), n.source))
	must(t, j.Know(t.Context(), n.other))
	must(t, j.Remember(t.Context(), "gate", "digest"))
	must(t, j.Tell(t.Context(), entity.Event{
		At: epoch, Action: entity.EventGate, Ref: entity.Ref{Source: n.source, Kind: entity.KindHost}, Name: n.source, Reasons: []string{"9 hosts"},
	}))
	must(t, j.Remember(t.Context(), "read:"+n.source, n.blocker))
}

// everything is all that a journal says, under these names.
func everything(t *testing.T, j *journal.Journal, n names) []any {
	t.Helper()
	ctx := t.Context()
	all := []any{held(t, j), orders(t, j), history(t, j, journal.Filter{})}
	for _, source := range []string{n.source, n.other} {
		notes, err := j.Notes(ctx, source)
		must(t, err)
		fact, _, err := j.Recall(ctx, "read:"+source)
		must(t, err)
		all = append(all, leftovers(t, j, source), notes, fact)
	}
	for _, blocker := range []string{n.blocker, n.second} {
		elements := []string{"10.0.0.0", "10.0.0.1", "own-0", "own-1"}
		holders, err := j.Holders(ctx, blocker, entity.ClassSource, elements)
		must(t, err)
		were, err := j.Placed(ctx, blocker, entity.ClassSource, elements)
		must(t, err)
		all = append(all, holders, were)
	}
	known, err := j.Known(ctx)
	must(t, err)
	return append(all, known, history(t, j, journal.Filter{Text: n.source}))
}

// A journal in which a name was changed says what one says that was written under that name from the beginning.
func TestARenamedJournalIsAsIfItHadAlwaysBeenCalledSo(t *testing.T) {
	tests := map[string]struct {
		change journal.Renaming
		now    names
	}{
		"source":  {journal.Renaming{Kind: journal.RenamedSource, Old: "hq", New: "eu"}, names{"eu", "branch", "edge", "dc", "fw1"}},
		"blocker": {journal.Renaming{Kind: journal.RenamedBlocker, Old: "edge", New: "rim"}, names{"hq", "branch", "rim", "dc", "fw1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, at place) {
				want := onFile(t).open(t)
				furnish(t, want, tt.now)
				j := at.open(t)
				furnish(t, j, former)
				tt.change.Fact = func(key, value string) (string, string) {
					if key == "read:hq" {
						return "read:" + tt.now.source, strings.ReplaceAll(value, tt.change.Old, tt.change.New)
					}
					return key, value
				}
				for range 2 { // the second changes nothing
					must(t, j.Rename(t.Context(), tt.change))
				}
				j = at.reopen(t, j)
				same(t, "renamed", everything(t, want, tt.now), everything(t, j, tt.now))
				backup(t, j) // reads and checks every row
			})
		})
	}
}

func TestARenamedDeviceIsTheOneThatConfirmed(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		furnish(t, j, former)
		must(t, j.Rename(t.Context(), journal.Renaming{Kind: journal.RenamedDevice, Blocker: "edge", Old: "fw1", New: "north"}))
		for _, h := range held(t, j) {
			want := map[string]string{"edge": "north", "dc": "fw1"}[h.Blocker]
			if len(h.Devices) != 1 || h.Devices[0] != want || h.Unable[0].Device != want || !strings.Contains(h.Place, "device "+want+" = vsys1") {
				t.Errorf("%s on %s: %+v", h.Target.Ref, h.Blocker, h)
			}
		}
		if in := leftovers(t, j, "hq")[0].Intent; len(in.Devices) != 2 || in.Devices[1] != "north" {
			t.Errorf("the intent has %v", in.Devices)
		}
		backup(t, j)
	})
}

func TestTwoThingsDoNotBecomeOne(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		furnish(t, j, former)
		for _, r := range []journal.Renaming{
			{Kind: journal.RenamedSource, Old: "hq", New: "branch"}, {Kind: journal.RenamedBlocker, Old: "edge", New: "dc"},
		} {
			var taken *journal.TakenError
			if err := j.Renameable(t.Context(), r); !errors.As(err, &taken) {
				t.Errorf("%s: got %v", r.Kind, err)
			}
			if err := j.Rename(t.Context(), r); !errors.As(err, &taken) {
				t.Errorf("%s: got %v", r.Kind, err)
			}
		}
		if n := len(held(t, j)); n != 8 {
			t.Errorf("%d holdings of 8", n)
		}
	})
}

// More rows than are changed at a time.
func TestManyAreRenamed(t *testing.T) {
	j := onFile(t).open(t)
	many := make([]entity.Holding, 1100)
	if testing.Short() {
		many = many[:520]
	}
	for i := range many {
		many[i] = holding(host("hq", fmt.Sprint(i)), "edge", "x")
	}
	must(t, j.Adopt(t.Context(), many))
	for _, r := range []journal.Renaming{
		{Kind: journal.RenamedDevice, Blocker: "edge", Old: "fw1", New: "north"},
		{Kind: journal.RenamedSource, Old: "hq", New: "eu"},
		{Kind: journal.RenamedBlocker, Old: "edge", New: "rim"},
	} {
		must(t, j.Rename(t.Context(), r))
	}
	all := readHoldings(t, j)
	for _, h := range all {
		if h.Target.Source != "eu" || h.Blocker != "rim" || h.Devices[0] != "north" {
			t.Fatalf("%s on %s: %v", h.Target.Ref, h.Blocker, h.Devices)
		}
	}
	if len(all) != len(many) {
		t.Errorf("%d of %d", len(all), len(many))
	}
	backup(t, j)
}
