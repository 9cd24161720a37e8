package selection_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/selection"
)

// A reading that is not whole freezes what depends on it, and nothing else.
func TestAFailedReadingFreezesWhatDependsOnIt(t *testing.T) {
	rules := selection.Rules{
		BlockTag: "block", UnblockTag: "unblock", BlockGroup: "Block", NoBlockGroup: "NoBlock", Types: []string{"x"}, Score: and(99, 99),
	}
	urgent := rules
	urgent.Urgency = number(90)
	all := []entity.Kind{entity.KindAccount, entity.KindDetection, entity.KindHost}
	hosts := []entity.Kind{entity.KindDetection, entity.KindHost} // detections depend on their hosts
	tests := []struct {
		call  string
		rules selection.Rules
		want  []entity.Kind
	}{
		{"hosts tags", rules, hosts},
		{"hosts scores", rules, hosts},
		{"few hosts", rules, hosts},
		{"hosts ids", rules, hosts},
		{"accounts tags", rules, []entity.Kind{entity.KindAccount}},
		{"accounts scores", rules, []entity.Kind{entity.KindAccount}},
		{"few accounts", rules, []entity.Kind{entity.KindAccount}},
		{"accounts ", rules, []entity.Kind{entity.KindAccount}},
		{"detections tags", rules, []entity.Kind{entity.KindDetection}},
		{"detections active", rules, all},
		{"detections ids", rules, []entity.Kind{entity.KindDetection}},
		{"group NoBlock of hosts", rules, hosts},
		{"group Block of hosts", rules, hosts},
		{"group NoBlock of accounts", rules, []entity.Kind{entity.KindAccount, entity.KindDetection}},
		{"group Block of accounts", rules, []entity.Kind{entity.KindAccount}},
		{"urgency of [host account]", urgent, all},
		{"target h404", rules, hosts},
		{"target d404", rules, []entity.Kind{entity.KindDetection}},
	}
	for _, tt := range tests {
		t.Run(tt.call, func(t *testing.T) {
			c := crowd()
			c.rux = tt.rules.Urgency != nil
			c.groups["account/Block"] = members("user4@corp", "elsewhere@corp")
			c.fail = func(call string) error {
				if strings.HasPrefix(call, tt.call) {
					return errDown
				}
				return nil
			}
			held := []entity.Ref{ref(entity.KindHost, "h404")}
			for _, id := range []string{"d404", "d1", "d2", "d3"} {
				held = append(held, ref(entity.KindDetection, id))
			}
			obs := c.observe(t, selection.Policy{Hosts: tt.rules, Accounts: tt.rules, Detections: selection.DetectionRules{BlockTag: "bad", HostScore: and(50, 50)}}, held...)
			var frozen []entity.Kind
			for k, why := range obs.Frozen {
				frozen = append(frozen, k)
				if !strings.Contains(why, errDown.Error()) {
					t.Errorf("%s is frozen for %q: nobody can tell what failed", k, why)
				}
			}
			slices.Sort(frozen)
			if diff := cmp.Diff(tt.want, frozen); diff != "" {
				t.Errorf("asked %q: %s", c.calls, diff)
			}
		})
	}
}

// The predecessor took a group that does not exist for an empty one: no protection at all.
func TestAGroupThatDoesNotExistFreezesItsKind(t *testing.T) {
	for group, want := range map[string][]entity.Kind{
		"host/NoBlock": {entity.KindDetection, entity.KindHost}, "account/NoBlock": {entity.KindAccount, entity.KindDetection},
		"host/Block": {entity.KindDetection, entity.KindHost}, "account/Block": {entity.KindAccount},
	} {
		c := crowd()
		delete(c.groups, group)
		rules := selection.Rules{BlockGroup: "Block", NoBlockGroup: "NoBlock"}
		obs := c.observe(t, selection.Policy{Hosts: rules, Accounts: rules})
		if diff := cmp.Diff(want, slices.Sorted(keys(obs.Frozen))); diff != "" {
			t.Errorf("%s: %s", group, diff)
		}
	}
}

// Which kinds are read is the run's choice: what is not read is not asked for, and freezes nothing.
func TestOnlyWhatIsReadIsAskedFor(t *testing.T) {
	rules := selection.Rules{BlockTag: "block", BlockGroup: "Block", NoBlockGroup: "NoBlock", Types: []string{"x"}, Score: and(1, 1)}
	pol := selection.Policy{Hosts: rules, Accounts: rules, Detections: selection.DetectionRules{BlockTag: "bad", Types: []string{"y"}}}
	for kind, want := range map[entity.Kind][]string{
		entity.KindHost:      {"detections active", "few hosts", "group Block of hosts", "group NoBlock of hosts", "hosts scores", "hosts tags"},
		entity.KindAccount:   {"accounts scores", "accounts tags", "detections active", "few accounts", "group Block of accounts", "group NoBlock of accounts"},
		entity.KindDetection: {"detections active", "detections tags", "group NoBlock of accounts", "group NoBlock of hosts"},
	} {
		c := crowd()
		c.groups["host/Block"], c.groups["account/Block"] = members(), members()
		pol.Kinds = []entity.Kind{kind}
		obs := c.observe(t, pol, ref(entity.KindStatic, "1.1.1.1"))
		slices.Sort(c.calls)
		if diff := cmp.Diff(want, c.calls); diff != "" || len(obs.Frozen) > 0 {
			t.Errorf("%s: %v %s", kind, obs.Frozen, diff)
		}
		if diff := cmp.Diff([]entity.Kind{kind}, obs.Read); diff != "" {
			t.Error(diff)
		}
	}
}

// Detections read for their hosts' sake come without what is heavy.
func TestWhatIsReadForHostsOnlyBecomesNoTarget(t *testing.T) {
	c := crowd()
	c.detections = []entity.Finding{detection("7", "x", c.hosts[4])}
	obs := c.observe(t, selection.Policy{Hosts: selection.Rules{Types: []string{"x"}}})
	if diff := cmp.Diff([]string{"host 5: detection type"}, story(obs)); diff != "" {
		t.Error(diff)
	}
}

// A held detection that only its id finds is spared too when its host or account is.
func TestADetectionFoundByItsIDIsSparedWithItsHost(t *testing.T) {
	c := crowd()
	c.detections = []entity.Finding{detection("7", "x", c.hosts[1])}
	obs := c.observe(t, selection.Policy{Hosts: selection.Rules{NoBlockGroup: "NoBlock"}}, ref(entity.KindDetection, "7"))
	if diff := cmp.Diff([]string{"detection 7: spared by NoBlock"}, story(obs)); diff != "" {
		t.Error(diff)
	}
}

func TestAHostIsInTheGroupsThatItsDetectionTells(t *testing.T) {
	c := crowd()
	f := detection("7", "x", c.hosts[0], "bad")
	f.SourceHost.Groups = []string{"Servers", "NoBlock"}
	c.detections = []entity.Finding{f}
	obs := c.observe(t, selection.Policy{Hosts: selection.Rules{NoBlockGroup: "NoBlock"}, Detections: selection.DetectionRules{BlockTag: "bad"}})
	if diff := cmp.Diff([]string{"detection 7: tag, spared by NoBlock"}, story(obs), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestEachTargetBearsItsSource(t *testing.T) {
	obs := tagged(crowd(), 1, "block").observe(t, selection.Policy{Hosts: selection.Rules{BlockTag: "block"}})
	if got := obs.Seen[0].Target.Ref; obs.Source != brain || got != ref(entity.KindHost, "1") {
		t.Errorf("%s saw %s", obs.Source, got)
	}
}

func TestAReasonSaysWhatMatched(t *testing.T) {
	c := tagged(crowd(), 1, "block")
	c.detections = []entity.Finding{detection("7", "Port Scan", c.hosts[0]), detection("8", "DNS", c.hosts[0])}
	obs := c.observe(t, selection.Policy{Kinds: []entity.Kind{entity.KindHost}, Hosts: selection.Rules{
		BlockTag: "block", Score: and(50, 60), Types: []string{"Port Scan", "DNS"},
	}})
	var got []string
	for _, m := range obs.Seen[0].Matches {
		got = append(got, m.String())
	}
	want := []string{"tag block", "score threat 50, certainty 60", "detection type DNS, Port Scan"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is held for its score is not released because the brain does not show one any more; a score of 0 is one.
func TestAScoreThatIsNotShownIsNotZero(t *testing.T) {
	for _, unread := range []bool{true, false} {
		c := crowd()
		for i := range c.hosts {
			c.hosts[i].Score = entity.Score{Unread: unread}
			c.hosts[i].Tags = nil
		}
		pol := selection.Policy{Kinds: []entity.Kind{entity.KindHost}, Hosts: selection.Rules{Score: and(80, 80)}}
		obs := selection.Observe(t.Context(), c, "hq", pol, []entity.Ref{ref(entity.KindHost, c.hosts[0].ID)})
		if _, frozen := obs.Frozen[entity.KindHost]; frozen != unread {
			t.Errorf("score unread %v: frozen are %v", unread, obs.Frozen)
		}
	}
}
