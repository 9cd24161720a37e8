package selection_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

var today = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func seenHost(id string, last time.Time, keyAsset bool) entity.Target {
	h := host(id, 0, 0, "block")
	h.Host.LastSeen, h.Host.KeyAsset = last, keyAsset
	return h
}

func TestKeyAssetsAreToldOnlyWhereTheyAreToBeSpared(t *testing.T) {
	c := &console{hosts: []entity.Target{seenHost("1", today, true), seenHost("2", today, false)}}
	for _, on := range []bool{true, false} {
		obs := c.observe(t, selection.Policy{Hosts: selection.Rules{BlockTag: "block"}, SpareKeyAssets: on})
		want := []string{"", ""}
		if on {
			want[0] = "says hq"
		}
		if diff := cmp.Diff(want, []string{obs.Seen[0].KeyAsset, obs.Seen[1].KeyAsset}); diff != "" {
			t.Errorf("spared %v: %s", on, diff)
		}
	}
}

func TestWhatNobodySawForLongIsTold(t *testing.T) {
	pol := selection.Policy{Hosts: selection.Rules{BlockTag: "block"}, UnseenBefore: today}
	for name, tt := range map[string]struct {
		last time.Time
		pol  selection.Policy
		want string
	}{
		"a second too long":         {today.Add(-time.Second), pol, "2026-11-20T23:59:59Z at 10.0.0.1"},
		"just not too long":         {today, pol, ""},
		"the brain does not say":    {time.Time{}, pol, ""},
		"off, which is the default": {today.Add(-time.Hour), selection.Policy{Hosts: pol.Hosts}, ""},
	} {
		c := &console{hosts: []entity.Target{seenHost("1", tt.last, false)}}
		if got := c.observe(t, tt.pol).Seen[0].Unseen; got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// lists is a console whose lists tell of an older time than the entity itself.
func lists(last time.Time) *console {
	c := &console{hosts: []entity.Target{seenHost("1", today.Add(-time.Hour), false)}}
	c.unlisted, c.detail = []entity.Target{seenHost("1", last, false)}, true
	return c
}

func TestTheEntityItselfIsAskedBeforeItIsTakenForUnseen(t *testing.T) {
	pol := selection.Policy{Hosts: selection.Rules{BlockTag: "block"}, UnseenBefore: today}
	if obs := lists(today).observe(t, pol); obs.Seen[0].Unseen != "" {
		t.Errorf("it was seen in time: %q", obs.Seen[0].Unseen)
	}
	if obs := lists(today.Add(-time.Minute)).observe(t, pol); obs.Seen[0].Unseen != "2026-11-20T23:59:00Z at 10.0.0.1" {
		t.Errorf("got %q", obs.Seen[0].Unseen)
	}
	silent := lists(today.Add(-time.Minute))
	silent.hosts = []entity.Target{seenHost("1", time.Time{}, false)}
	if obs := silent.observe(t, pol); obs.Seen[0].Unseen != "2026-11-20T23:59:00Z at 10.0.0.1" {
		t.Errorf("where the list says nothing: got %q", obs.Seen[0].Unseen)
	}
	c := lists(today)
	c.fail = func(call string) error {
		if call == "target 1" {
			return errDown
		}
		return nil
	}
	if obs := c.observe(t, pol); obs.Frozen[entity.KindHost] == "" {
		t.Error("an answer that did not come freezes nothing")
	}
}

// What is held is not blocked a first time: when it was seen does not matter, and costs no request.
func TestNobodyIsAskedAboutWhatIsHeld(t *testing.T) {
	c := lists(today)
	c.observe(t, selection.Policy{Hosts: selection.Rules{BlockTag: "block"}, UnseenBefore: today}, ref(entity.KindHost, "1"))
	for _, call := range c.calls {
		if call == "target 1" {
			t.Errorf("asked %q", c.calls)
		}
	}
}

func TestTheHandKnowsWhatPersonsOrdered(t *testing.T) {
	address := func(id string) entity.Target {
		return entity.Target{Ref: entity.Ref{Source: entity.SourceHand, Kind: entity.KindHost, ID: id}, Name: id, Host: &entity.Host{IP: id}}
	}
	orders := []entity.Order{
		{Target: address("10.0.0.1"), Verb: entity.VerbBlock},
		{Target: address("10.0.0.2"), Verb: entity.VerbBlock, Until: today},
		{Target: address("10.0.0.3"), Verb: entity.VerbBlock, Until: today},
		{Target: host("4", 0, 0), Verb: entity.VerbSpare},
	}
	held := []entity.Ref{address("10.0.0.2").Ref, address("10.0.0.9").Ref, ref(entity.KindHost, "8"), address("10.0.0.9").Ref}
	obs := selection.Hand(orders, held, today)
	want := plan.Observation{
		Source: entity.SourceHand, Read: entity.Kinds(), Orders: orders[:3], Gone: []entity.Ref{address("10.0.0.9").Ref},
		Seen: []plan.Seen{{Target: address("10.0.0.1")}, {Target: address("10.0.0.2")}},
	}
	if diff := cmp.Diff(want, obs); diff != "" {
		t.Error(diff)
	}
}
