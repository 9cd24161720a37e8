package journal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

func history(t *testing.T, j *journal.Journal, f journal.Filter) []entity.Event {
	t.Helper()
	events, err := j.History(t.Context(), f)
	must(t, err)
	for i := range events {
		events[i].ID, events[i].Revision = 0, 0
	}
	return events
}

// act does one thing from its intent to its end.
func act(t *testing.T, j *journal.Journal, in entity.Intent, s entity.Settlement) {
	t.Helper()
	s.Intent = begin(t, j, in)[0]
	must(t, j.Settle(t.Context(), []entity.Settlement{s}))
	must(t, j.Recorded(t.Context(), []int64{s.Intent.ID}, nil))
}

func TestTheHistorySaysHowAnActionEnded(t *testing.T) {
	state := func(s entity.State) *entity.Holding {
		h := holding(host("hq", "7"), "edge", "10.0.0.7")
		h.State = s
		return &h
	}
	tests := map[string]struct {
		action entity.Action
		end    entity.Settlement
		want   string
	}{
		"blocked":                    {entity.ActionBlock, entity.Settlement{Holding: state(entity.Complete), Done: entity.ActionBlock}, "done"},
		"blocked on some devices":    {entity.ActionBlock, entity.Settlement{Holding: state(entity.Partial), Done: entity.ActionBlock, Partial: true}, "in part"},
		"queued by the device":       {entity.ActionBlock, entity.Settlement{Holding: state(entity.Pending)}, "pending"},
		"not possible":               {entity.ActionBlock, entity.Settlement{Holding: state(entity.Refused)}, "unsupported"},
		"nothing blocked":            {entity.ActionBlock, entity.Settlement{Problem: "fw2: 500"}, "failed"},
		"repaired":                   {entity.ActionRepair, entity.Settlement{Holding: state(entity.Complete)}, "done"},
		"moved, old elements remain": {entity.ActionGroom, entity.Settlement{Holding: state(entity.Complete), Done: entity.ActionGroom, Partial: true}, "in part"},
		"released":                   {entity.ActionRelease, entity.Settlement{Done: entity.ActionRelease}, "done"},
		"not released":               {entity.ActionRelease, entity.Settlement{Holding: state(entity.Releasing)}, "failed"},
		"released in part":           {entity.ActionRelease, entity.Settlement{Holding: state(entity.Releasing), Done: entity.ActionRelease, Partial: true}, "in part"},
	}
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		n := 0
		for name, tt := range tests {
			n++
			in := intent(tt.action, host("hq", fmt.Sprint(n)), "edge")
			if tt.end.Holding != nil {
				tt.end.Holding.Target = in.Target
			}
			act(t, j, in, tt.end)
			got := history(t, j, journal.Filter{Ref: &in.Target.Ref})
			if len(got) != 1 || got[0].Outcome != tt.want || got[0].Action != string(tt.action) || !got[0].At.Equal(epoch) {
				t.Errorf("%s: got %+v, want %q", name, got, tt.want)
			}
			if (tt.end.Problem != "" || tt.end.Holding != nil) && got[0].Problem != "fw2: 500" {
				t.Errorf("%s: the problem is %q", name, got[0].Problem)
			}
		}
	})
}

// A device that fails in every pass for a year is one line, not a hundred thousand.
func TestRepeatsAreCounted(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		for n := range 5 {
			in := intent(entity.ActionRenew, host("hq", "7"), "edge")
			in.At = epoch.Add(time.Duration(n) * time.Hour)
			h := holding(in.Target, "edge", "10.0.0.7")
			if n == 3 {
				h.State = entity.Partial
			}
			act(t, j, in, entity.Settlement{Holding: &h})
		}
		hour := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Hour) }
		e := entity.Event{
			Action: "renew", Ref: host("hq", "7").Ref, Name: "pc-7", Blocker: "edge", Elements: []string{"10.0.0.7"},
			Reasons: []string{"tag block"}, Problem: "fw2: 500",
		}
		line := func(from, to, times int, outcome string) entity.Event {
			e := e
			e.At, e.Last, e.Times, e.Outcome = hour(from), hour(to), times, outcome
			return e
		}
		same(t, "history", []entity.Event{line(4, 4, 1, "done"), line(3, 3, 1, "in part"), line(0, 2, 3, "done")},
			history(t, j, journal.Filter{}))
	})
}

// What a person does is never counted away.
func TestEachWordOfAPersonStandsInTheHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		must(t, j.Stop(t.Context(), journal.StopPause, alice))
		must(t, j.Stop(t.Context(), journal.StopPause, alice))
		must(t, j.Stop(t.Context(), journal.StopPanic, alice))
		must(t, j.Resume(t.Context(), alice))
		must(t, j.Order(t.Context(), entity.Order{Target: host("hq", "7"), Verb: entity.VerbSpare, By: alice}))
		var actions []string
		for _, e := range history(t, j, journal.Filter{}) {
			actions = append(actions, e.Action)
			same(t, e.Action+" by", alice, e.By)
		}
		same(t, "actions", []string{"order", "resume", "panic", "pause", "pause"}, actions)
	})
}

func TestTheHistoryIsSearched(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		event := func(hours int, id, blocker, name string) entity.Event {
			return entity.Event{
				At: epoch.Add(time.Duration(hours) * time.Hour), Action: "block", Outcome: "done", Blocker: blocker,
				Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id}, Name: name, Elements: []string{"10.0.0." + id},
			}
		}
		must(t, j.Tell(t.Context(), event(0, "1", "edge", "PC-Éva"), event(1, "2", "edge", "100%_pc"), event(2, "3", "dc", "printer"), event(3, "1", "dc", "PC-Éva")))
		ref := entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1"}
		tests := map[string]struct {
			filter journal.Filter
			want   []string
		}{
			"all":               {journal.Filter{}, []string{"1 dc", "3 dc", "2 edge", "1 edge"}},
			"the newest":        {journal.Filter{Limit: 2}, []string{"1 dc", "3 dc"}},
			"a target":          {journal.Filter{Ref: &ref}, []string{"1 dc", "1 edge"}},
			"a blocker":         {journal.Filter{Blocker: "edge"}, []string{"2 edge", "1 edge"}},
			"a target there":    {journal.Filter{Ref: &ref, Blocker: "edge"}, []string{"1 edge"}},
			"a name":            {journal.Filter{Text: "pc-éVA"}, []string{"1 dc", "1 edge"}},
			"an element":        {journal.Filter{Text: "10.0.0.3"}, []string{"3 dc"}},
			"no wildcards":      {journal.Filter{Text: "%"}, []string{"2 edge"}},
			"no wildcards, one": {journal.Filter{Text: "0_0"}, nil},
			"since":             {journal.Filter{Since: epoch.Add(2 * time.Hour)}, []string{"1 dc", "3 dc"}},
		}
		for name, tt := range tests {
			var got []string
			for _, e := range history(t, j, tt.filter) {
				got = append(got, e.Ref.ID+" "+e.Blocker)
			}
			same(t, name, tt.want, got)
		}
	})
}

func TestOldHistoryIsForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		released, kept := host("hq", "1"), host("hq", "2")
		for _, target := range []entity.Target{released, kept} {
			h := holding(target, "edge", target.Host.IP)
			act(t, j, intent(entity.ActionBlock, target, "edge"), entity.Settlement{Holding: &h, Done: entity.ActionBlock})
		}
		act(t, j, intent(entity.ActionRelease, released, "edge"), entity.Settlement{Done: entity.ActionRelease})
		recent := entity.Event{At: epoch.Add(time.Hour), Action: "gate"}
		must(t, j.Tell(t.Context(), recent))
		want := map[string]bool{"10.0.0.1": true, "10.0.0.2": true}
		same(t, "placed before", want, placed(t, j, "10.0.0.1", "10.0.0.2", "10.0.0.3"))
		must(t, j.Prune(t.Context(), epoch.Add(time.Minute)))
		same(t, "history", []entity.Event{recent}, history(t, j, journal.Filter{}), cmpopts.IgnoreFields(entity.Event{}, "Last", "Times"))
		same(t, "placed: what is held", map[string]bool{"10.0.0.2": true}, placed(t, j, "10.0.0.1", "10.0.0.2"))
	})
}

func placed(t *testing.T, j *journal.Journal, elements ...string) map[string]bool {
	t.Helper()
	p, err := j.Placed(t.Context(), "edge", entity.ClassSource, elements)
	must(t, err)
	return p
}

// Only what we put there counts as ours: not what tags told of, nor what was only to be blocked.
func TestWhatWePlacedIsRemembered(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		target := host("hq", "7")
		must(t, j.Adopt(t.Context(), []entity.Holding{holding(target, "edge", "adopted")}))
		in := intent(entity.ActionBlock, target, "edge")
		in.Elements = []string{"adopted", "ours", "only meant"}
		in.Receipt = entity.Receipt{Elements: []string{"adopted"}, Adopted: true}
		h := holding(target, "edge", "adopted", "ours")
		act(t, j, in, entity.Settlement{Holding: &h, Done: entity.ActionBlock})
		want := map[string]bool{"ours": true}
		same(t, "placed", want, placed(t, j, "adopted", "ours", "only meant"))
		act(t, j, intent(entity.ActionRelease, target, "edge"), entity.Settlement{Done: entity.ActionRelease})
		same(t, "placed after the release", want, placed(t, at.reopen(t, j), "adopted", "ours"))
	})
}

// Another process took over what this one began: what that says counts.
func TestAnIntentIsSettledOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		slow, other := at.open(t), at.open(t)
		in := begin(t, slow, intent(entity.ActionBlock, host("hq", "7"), "edge"))[0]
		theirs, ours := holding(in.Target, "edge", "theirs"), holding(in.Target, "edge", "ours")
		late := []entity.Settlement{{Intent: in, Holding: &ours, Done: entity.ActionBlock}}
		must(t, other.Settle(t.Context(), []entity.Settlement{{Intent: in, Holding: &theirs, Done: entity.ActionBlock}}))
		must(t, slow.Settle(t.Context(), late))
		same(t, "held", []entity.Holding{theirs}, held(t, slow))
		must(t, other.Recorded(t.Context(), []int64{in.ID}, nil))
		must(t, slow.Settle(t.Context(), late))
		same(t, "held after it was recorded", []entity.Holding{theirs}, held(t, slow))
		if n := len(history(t, slow, journal.Filter{})); n != 1 {
			t.Errorf("%d events of one action", n)
		}
	})
}
