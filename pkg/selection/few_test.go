package selection_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/selection"
)

// Whether a brain's hosts stand on one page or on many, the same is found.
func TestOnePageOfAllAnswersEveryQuestion(t *testing.T) {
	rules := selection.Rules{
		BlockTag: "block", UnblockTag: "unblock", BlockGroup: "Block", NoBlockGroup: "NoBlock", Score: or(99, 60), Types: []string{"x"},
	}
	pol := selection.Policy{Hosts: rules, Accounts: rules, Detections: selection.DetectionRules{HostScore: and(50, 60)}}
	held := []entity.Ref{ref(entity.KindHost, "5"), ref(entity.KindAccount, "5"), ref(entity.KindHost, "404")}
	look := func(few bool) (seen []string, gone []entity.Ref, calls []string) {
		c := tagged(tagged(crowd(), 3, "block", "unblock"), 2, "block")
		c.detections = []entity.Finding{detection("7", "x", c.hosts[4]), detection("8", "y", c.accounts[4])}
		c.few = few
		obs := c.observe(t, pol, held...)
		if len(obs.Frozen) > 0 {
			t.Errorf("few %v: frozen %v", few, obs.Frozen)
		}
		return story(obs), obs.Gone, c.calls
	}
	seen, gone, calls := look(true)
	wanted, wantedGone, _ := look(false)
	if d := cmp.Diff(wanted, seen) + cmp.Diff(wantedGone, gone); d != "" || len(gone) != 1 {
		t.Error(d)
	}
	slices.Sort(calls)
	want := []string{
		"detections active", "detections tags", "few accounts ", "few hosts ",
		"group Block of accounts", "group Block of hosts", "group NoBlock of accounts", "group NoBlock of hosts", "target 404",
	}
	if d := cmp.Diff(want, calls); d != "" {
		t.Error(d)
	}
}

// All hosts are more than those that are wanted: where few requests do, they are not read.
func TestWhereFewRequestsDoEachIsForWhatIsWanted(t *testing.T) {
	c := crowd()
	c.few = true
	c.observe(t, selection.Policy{Hosts: selection.Rules{BlockTag: "block", NoBlockGroup: "NoBlock", Score: and(50, 50)}})
	slices.Sort(c.calls)
	if d := cmp.Diff([]string{"accounts tags", "detections tags", "group NoBlock of hosts", "hosts scores", "hosts tags"}, c.calls); d != "" {
		t.Error(d)
	}
}

// Those that match for the same reasons share them, and those that do not are told apart.
func TestReasonsAreSharedByThoseThatHaveThem(t *testing.T) {
	c := tagged(tagged(tagged(crowd(), 1, "block"), 4, "block"), 6, "block")
	c.detections = []entity.Finding{
		detection("7", "x", c.hosts[0]), detection("8", "y, z", c.hosts[0]), detection("9", "x", c.hosts[3]), detection("10", "y", c.hosts[3]),
		detection("11", "x", c.hosts[5]), detection("12", "y, z", c.hosts[5]),
	}
	obs := c.observe(t, selection.Policy{
		Kinds: []entity.Kind{entity.KindHost}, Hosts: selection.Rules{BlockTag: "block", Types: []string{"x", "y", "y, z"}},
	})
	var got []string
	for _, s := range obs.Seen {
		got = append(got, fmt.Sprint(s.Target.ID, s.Matches))
	}
	want := []string{"1[tag block detection type x, y, z]", "4[tag block detection type x, y]", "6[tag block detection type x, y, z]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if &obs.Seen[0].Matches[0] != &obs.Seen[2].Matches[0] || cap(obs.Seen[0].Matches) != 2 {
		t.Error("two hosts that match alike do not share their reasons, or lend room behind them")
	}
}

// What is held and bears its marker comes without what only a block needs; an order's target that is not held does not
// bear it.
func TestOfWhatIsHeldNothingRawIsAskedFor(t *testing.T) {
	c := tagged(tagged(crowd(), 1, "VAR Host Blocked"), 2, "block")
	tagged(c, 3, "VAR Host Blocked")
	bare := map[string]bool{}
	spy := bareConsole{c, bare}
	selection.Observe(t.Context(), spy, brain, selection.Policy{
		Kinds: []entity.Kind{entity.KindHost}, Markers: markers, Hosts: selection.Rules{BlockTag: "block"},
	}, []entity.Ref{ref(entity.KindHost, "1"), ref(entity.KindHost, "2")})
	if d := cmp.Diff(map[string]bool{"1": true, "2": false, "3": false}, bare); d != "" {
		t.Error(d)
	}
}

// bareConsole notes of whom the raw JSON is left out.
type bareConsole struct {
	*console
	bare map[string]bool
}

func (c bareConsole) Hosts(ctx ctxt, q entity.Query, fold func(entity.Target) error) error {
	return c.console.Hosts(ctx, q, func(t entity.Target) error {
		c.bare[t.ID] = q.Bare(&t)
		return fold(t)
	})
}
