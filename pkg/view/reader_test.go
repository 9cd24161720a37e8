package view

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

func TestAReaderAnswersFromTheJournalOfAnotherWhoWrites(t *testing.T) {
	j, r := stocked(t, 60)
	twin := workstation(3)
	twin.Target.ID, twin.Target.Name = "900", "twin"
	if err := j.Adopt(t.Context(), []entity.Holding{twin}); err != nil {
		t.Fatal(err)
	}
	if err := j.Order(t.Context(), entity.Order{Target: twin.Target, Verb: entity.VerbSpare, By: entity.By{Who: "anna"}}); err != nil {
		t.Fatal(err)
	}
	v, err := r.Why(t.Context(), "10.0.0.3")
	if err != nil || len(v.Targets) != 2 || v.Targets[0].Name != "ws-00003" || v.Targets[1].Order == nil || len(v.Targets[0].History) == 0 {
		t.Fatalf("%v %+v", err, v)
	}
	want := []Other{{"10.0.0.3", "hq/host/900"}}
	if diff := cmp.Diff(want, v.Targets[0].Holdings[0].Others); diff != "" || v.Targets[0].Read {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	s, err := r.Status(t.Context())
	if err != nil || len(s.Holdings) != 61 || len(s.Orders) != 1 {
		t.Errorf("%v: %d held, %d orders", err, len(s.Holdings), len(s.Orders))
	}
}

func TestAnAnswerAboutManyIsBounded(t *testing.T) {
	j, r := stocked(t, 60)
	held := make([]entity.Holding, 60)
	for i := range held {
		held[i] = workstation(i)
		held[i].Blocker, held[i].Receipt.Elements = "dc", []string{"shared"}
	}
	if err := j.Adopt(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	v, err := r.Why(t.Context(), "shared")
	if err != nil || len(v.Targets) != mostTargets || !strings.Contains(strings.Join(v.Problems, "\n"), "10 more targets") {
		t.Errorf("%v: %d targets, problems %q", err, len(v.Targets), v.Problems)
	}
}

func TestThePagesOfTheHistoryMissNothing(t *testing.T) {
	_, r := stocked(t, 5)
	all, err := r.History(t.Context(), Question{})
	if err != nil || len(all.Events) != 50 {
		t.Fatalf("%v: %d events", err, len(all.Events))
	}
	var pages []Event
	for skip := 0; skip < 50; skip += 7 {
		h, err := r.History(t.Context(), Question{Limit: 7, Skip: skip})
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, h.Events...)
	}
	if diff := cmp.Diff(all.Events, pages); diff != "" {
		t.Errorf("all, and page by page (-all +pages):\n%s", diff)
	}
	if h, err := r.History(t.Context(), Question{Target: "hq/host/3", Since: time.Hour, Blocker: "edge"}); err != nil || len(h.Events) != 10 {
		t.Errorf("%v: %d events of one target, want 10", err, len(h.Events))
	}
}

func TestTheLastPassIsRemembered(t *testing.T) {
	j, r := stocked(t, 1)
	for _, held := range []int{60, 70} {
		p := Pass{Source: "hq", Began: epoch, Ended: epoch, Gates: []Gate{{Kind: "host", Direction: "block", Count: held, Limit: 50}}}
		if err := p.Remember(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	s, err := r.Status(t.Context())
	if err != nil || len(s.Passes) != 1 || s.Passes[0].Gates[0].Count != 70 {
		t.Errorf("%v: %+v", err, s.Passes)
	}
}
