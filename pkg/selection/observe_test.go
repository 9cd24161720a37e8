package selection_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

func members(ids ...string) entity.Members {
	m := entity.Members{IDs: map[string]bool{}, UIDs: map[string]bool{}}
	for _, id := range ids {
		if strings.Contains(id, "@") {
			m.UIDs[id] = true
		} else {
			m.IDs[id] = true
		}
	}
	return m
}

func and(threat, certainty int) *entity.Floor {
	return &entity.Floor{Threat: threat, Certainty: certainty}
}

func or(threat, certainty int) *entity.Floor {
	return &entity.Floor{Threat: threat, Certainty: certainty, Or: true}
}

// crowd are six hosts and accounts with scores around 50/60, so that one point decides.
func crowd() *console {
	c := &console{groups: map[string]entity.Members{
		"host/NoBlock": members("2"), "host/Block": members("4"),
		"account/NoBlock": members("user2@corp"), "account/Block": members("user4@corp"),
	}}
	scores := [][2]int{{50, 60}, {49, 60}, {50, 59}, {49, 59}, {0, 0}, {99, 99}}
	for i, s := range scores {
		id := fmt.Sprint(i + 1)
		c.hosts = append(c.hosts, host(id, s[0], s[1]))
		c.accounts = append(c.accounts, account(id, s[0], s[1]))
	}
	return c
}

func tagged(c *console, at int, tags ...string) *console {
	c.hosts[at-1].Tags, c.accounts[at-1].Tags = tags, tags
	return c
}

// Each selection of hosts (VAR-10…19) and of accounts (VAR-28…35), alike.
func TestEachRuleFindsItsHostsAndAccounts(t *testing.T) {
	type scene struct {
		console *console
		rules   selection.Rules
		want    []string // of both kinds
	}
	typed := func(c *console, typ string, on ...int) *console {
		for _, n := range on {
			c.detections = append(c.detections, detection(fmt.Sprint("h", n), typ, c.hosts[n-1]), detection(fmt.Sprint("a", n), typ, c.accounts[n-1]))
		}
		return c
	}
	rux := func(c *console, of map[string]int) *console {
		c.rux = true
		c.urgencies = map[entity.Kind]map[string]int{entity.KindHost: of, entity.KindAccount: of}
		return c
	}
	tests := map[string]scene{
		"VAR-10 28 the tag": {tagged(crowd(), 3, "vip", "block"), selection.Rules{BlockTag: "block"}, []string{"3: tag"}},
		"VAR-11 29 the release tag": {
			tagged(crowd(), 3, "unblock", "block"),
			selection.Rules{BlockTag: "block", UnblockTag: "unblock"},
			[]string{"3: tag, released by unblock"},
		},
		"VAR-11 29 the release tag alone":    {tagged(crowd(), 3, "unblock"), selection.Rules{UnblockTag: "unblock"}, []string{"3: released by unblock"}},
		"VAR-12 30 the no-block group":       {tagged(crowd(), 2, "block"), selection.Rules{BlockTag: "block", NoBlockGroup: "NoBlock"}, []string{"2: tag, spared by NoBlock"}},
		"VAR-13 31 the block group":          {crowd(), selection.Rules{BlockGroup: "Block"}, []string{"4: group"}},
		"VAR-14 32 scores, both":             {crowd(), selection.Rules{Score: and(50, 60)}, []string{"1: score", "6: score"}},
		"VAR-14 32 scores, either":           {crowd(), selection.Rules{Score: or(50, 60)}, []string{"1: score", "2: score", "3: score", "6: score"}},
		"VAR-15 33 urgency":                  {rux(crowd(), map[string]int{"3": 90, "5": 89}), selection.Rules{Urgency: number(90)}, []string{"3: urgency"}},
		"VAR-15 33 urgency wins over scores": {rux(crowd(), map[string]int{"3": 90}), selection.Rules{Urgency: number(90), Score: and(50, 60)}, []string{"3: urgency"}},
		"VAR-15 33 no urgency without it":    {crowd(), selection.Rules{Urgency: number(90), Score: and(50, 60)}, []string{"1: score", "6: score"}},
		"VAR-15 33 scores where no urgency is asked for": {
			rux(crowd(), map[string]int{"3": 99}), selection.Rules{Score: and(50, 60)}, []string{"1: score", "6: score"},
		},
		"VAR-16 34 a detection type":             {typed(crowd(), "Hidden DNS Tunnel", 3, 5), selection.Rules{Types: []string{"Hidden DNS Tunnel"}}, []string{"3: detection type", "5: detection type"}},
		"VAR-16 34 another detection type":       {typed(crowd(), "Port Scan", 3), selection.Rules{Types: []string{"Hidden DNS Tunnel"}}, nil},
		"VAR-17 35 a detection type and a score": {typed(crowd(), "Port Scan", 1, 2, 6), selection.Rules{Types: []string{"Port Scan"}, TypesScore: and(50, 60)}, []string{"1: detection type", "6: detection type"}},
		"VAR-17 35 a detection type or a score":  {typed(crowd(), "Port Scan", 1, 2, 4), selection.Rules{Types: []string{"Port Scan"}, TypesScore: or(50, 60)}, []string{"1: detection type", "2: detection type"}},
		"VAR-18 all that match": {
			typed(tagged(crowd(), 4, "block"), "Port Scan", 4),
			selection.Rules{BlockTag: "block", BlockGroup: "Block", Score: or(49, 99), Types: []string{"Port Scan"}},
			[]string{"1: score", "2: score", "3: score", "4: tag, group, score, detection type", "6: score"},
		},
		"VAR-19 held by its marker": {tagged(crowd(), 5, "VAR Host Blocked", "VAR Account Blocked"), selection.Rules{}, []string{"5"}},
		"nothing configured":        {crowd(), selection.Rules{}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, kind := range []string{"account ", "host "} {
				for _, line := range tt.want {
					want = append(want, kind+line)
				}
			}
			obs := tt.console.observe(t, selection.Policy{Hosts: tt.rules, Accounts: tt.rules})
			if diff := cmp.Diff(want, story(obs)); diff != "" || len(obs.Frozen) > 0 {
				t.Errorf("%v %s", obs.Frozen, diff)
			}
		})
	}
}

// The predecessor took ">" for "≥" in one place, so that its default could match nothing.
func TestBUG34TheBoundIsIncludedEverywhere(t *testing.T) {
	c := &console{rux: true, hosts: []entity.Target{host("1", 99, 99)}, urgencies: map[entity.Kind]map[string]int{entity.KindHost: {"1": 100}}}
	c.detections = []entity.Finding{detection("7", "Port Scan", c.hosts[0])}
	for name, pol := range map[string]selection.Policy{
		"scores":                {Hosts: selection.Rules{Score: and(99, 99)}},
		"detection type scores": {Hosts: selection.Rules{Types: []string{"Port Scan"}, TypesScore: and(99, 99)}},
		"urgency":               {Hosts: selection.Rules{Urgency: number(100)}},
		"host scores":           {Detections: selection.DetectionRules{HostScore: and(99, 99)}},
		"host urgency":          {Detections: selection.DetectionRules{HostUrgency: number(100)}},
	} {
		if obs := c.observe(t, pol); len(obs.Seen) != 1 || len(obs.Seen[0].Matches) != 1 {
			t.Errorf("%s: got %q, want one match", name, story(obs))
		}
	}
}

func TestBUG19ATagMustBeTheSame(t *testing.T) {
	c := crowd()
	for i, tag := range []string{"not_vectra_host_block", "vectra_host_block2", "VECTRA_HOST_BLOCK", " vectra_host_block", "no vectra_host_unblock", "x"} {
		tagged(c, i+1, tag)
	}
	loose := looseConsole{c}
	obs := selection.Observe(t.Context(), loose, brain, selection.Policy{
		Kinds: []entity.Kind{entity.KindHost},
		Hosts: selection.Rules{BlockTag: "vectra_host_block", UnblockTag: "vectra_host_unblock"},
	}, nil)
	for _, s := range obs.Seen {
		if len(s.Matches) > 0 || s.Release != "" {
			t.Errorf("%q counts as the configured tag", s.Target.Tags)
		}
	}
}

// looseConsole answers every tag query with everything, as a server that matches substrings might.
type looseConsole struct{ *console }

func (c looseConsole) Hosts(ctx ctxt, q entity.Query, fold func(entity.Target) error) error {
	return c.console.Hosts(ctx, entity.Query{}, fold)
}

// The predecessor asked for what was blocked by a tag that only looked like its marker, in every pass.
func TestBUG20AMarkerMustBeTheSame(t *testing.T) {
	c := tagged(crowd(), 5, "VAR Host Blocked?", "was VAR Account Blocked")
	if obs := c.observe(t, selection.Policy{}); len(obs.Seen) > 0 {
		t.Errorf("got %q", story(obs))
	}
}

func TestBUG08TheConfiguredReleaseTagOfDetectionsIsTheOneThatCounts(t *testing.T) {
	c := crowd()
	c.detections = []entity.Finding{detection("7", "x", c.hosts[0], "block", "unblock"), detection("8", "x", c.hosts[0], "block", "vectra_detection_unblock")}
	obs := c.observe(t, selection.Policy{Detections: selection.DetectionRules{BlockTag: "block", UnblockTag: "unblock"}})
	want := []string{"detection 7: tag, released by unblock", "detection 8: tag"}
	if diff := cmp.Diff(want, story(obs)); diff != "" {
		t.Error(diff)
	}
}

// VAR-20…24.
func TestEachRuleFindsItsDetections(t *testing.T) {
	quiet := func(f entity.Finding) entity.Finding { f.Detection.State = "inactive"; return f }
	triaged := func(f entity.Finding) entity.Finding { f.Detection.Triaged = true; return f }
	info := func(f entity.Finding) entity.Finding { f.Detection.Category = "INFO"; return f }
	c := crowd()
	c.detections = []entity.Finding{
		detection("10", "DNS", c.hosts[0]), detection("20", "DNS", c.hosts[1]), detection("21", "Scan", c.hosts[1], "bad"),
		quiet(detection("11", "DNS", c.hosts[0])), triaged(detection("12", "DNS", c.hosts[0])), info(detection("13", "DNS", c.hosts[0])),
		quiet(detection("14", "Scan", c.hosts[0], "bad")), detection("15", "Scan", c.accounts[5]),
		detection("22", "Scan", c.accounts[1], "bad"),
	}
	noBlock := selection.Rules{NoBlockGroup: "NoBlock"}
	tests := map[string]struct {
		pol  selection.Policy
		want []string
	}{
		"VAR-20 scores of the host": {
			selection.Policy{Detections: selection.DetectionRules{HostScore: and(50, 60)}},
			[]string{"detection 10: host score"},
		},
		"VAR-20 either score of the host": {
			selection.Policy{Detections: selection.DetectionRules{HostScore: or(50, 60)}},
			[]string{"detection 10: host score", "detection 20: host score", "detection 21: host score"},
		},
		"VAR-21 the tag, also of what went quiet": {
			selection.Policy{Detections: selection.DetectionRules{BlockTag: "bad"}},
			[]string{"detection 14: tag", "detection 21: tag", "detection 22: tag"},
		},
		"VAR-23 the types": {
			selection.Policy{Detections: selection.DetectionRules{Types: []string{"DNS"}}},
			[]string{"detection 10: detection type", "detection 13: detection type", "detection 20: detection type"},
		},
		"VAR-24 detections on hosts of the no-block group": {
			selection.Policy{Hosts: noBlock, Detections: selection.DetectionRules{BlockTag: "bad", Types: []string{"DNS"}}},
			[]string{
				"detection 10: detection type", "detection 13: detection type", "detection 14: tag",
				"detection 20: detection type, spared by NoBlock", "detection 21: tag, spared by NoBlock", "detection 22: tag",
			},
		},
		"detections of accounts of the no-block group": {
			selection.Policy{Accounts: noBlock, Detections: selection.DetectionRules{BlockTag: "bad"}},
			[]string{"detection 14: tag", "detection 21: tag", "detection 22: tag, spared by NoBlock"},
		},
		"a type and a score": {
			selection.Policy{Detections: selection.DetectionRules{Types: []string{"DNS"}, HostScore: and(50, 60)}},
			[]string{"detection 10: detection type, host score", "detection 13: detection type", "detection 20: detection type"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.pol.Kinds = []entity.Kind{entity.KindDetection}
			obs := c.observe(t, tt.pol)
			if diff := cmp.Diff(tt.want, story(obs)); diff != "" || len(obs.Frozen) > 0 {
				t.Errorf("%v %s", obs.Frozen, diff)
			}
			for _, s := range obs.Seen {
				if len(s.Target.Detection.Destinations) == 0 {
					t.Errorf("detection %s came without its destinations", s.Target.ID)
				}
			}
		})
	}
}

// What a tag finds may be triaged, quiet or informational: then no other rule applies to it.
func TestATagFindsWhatOtherRulesDoNotWant(t *testing.T) {
	c := crowd()
	for i, change := range []func(*entity.Detection){
		func(d *entity.Detection) { d.Triaged = true },
		func(d *entity.Detection) { d.State = "inactive" },
		func(d *entity.Detection) { d.Category, d.Type = "INFO", "New Host" },
	} {
		f := detection(fmt.Sprint(i), "DNS", c.hosts[0], "bad")
		change(f.Detection)
		c.detections = append(c.detections, f)
	}
	obs := c.observe(t, selection.Policy{Detections: selection.DetectionRules{BlockTag: "bad", Types: []string{"DNS"}, HostScore: and(50, 60)}})
	if diff := cmp.Diff([]string{"detection 0: tag", "detection 1: tag", "detection 2: tag"}, story(obs)); diff != "" {
		t.Error(diff)
	}
}

// VAR-20 with urgency, which the predecessor did not pass.
func TestUrgencyOfTheHostSelectsItsDetections(t *testing.T) {
	c := crowd()
	c.rux = true
	c.urgencies = map[entity.Kind]map[string]int{entity.KindHost: {"1": 79, "2": 80}}
	c.detections = []entity.Finding{detection("10", "x", c.hosts[0]), detection("20", "x", c.hosts[1]), detection("30", "x", c.accounts[1])}
	rules := selection.DetectionRules{HostScore: and(0, 0), HostUrgency: number(80)}
	if diff := cmp.Diff([]string{"detection 20: host urgency"}, listed(c.observe(t, selection.Policy{Detections: rules}))); diff != "" {
		t.Error(diff)
	}
	c.rux = false
	want := []string{"detection 10: host score", "detection 20: host score"}
	if diff := cmp.Diff(want, listed(c.observe(t, selection.Policy{Detections: rules}))); diff != "" {
		t.Error(diff)
	}
}

// listed is the story without those that nothing matches.
func listed(obs plan.Observation) []string {
	return slices.DeleteFunc(story(obs), func(line string) bool { return !strings.Contains(line, ":") })
}

// One question for the lowest urgency serves both rules.
func TestTheLowestUrgencyIsAskedForOnce(t *testing.T) {
	c := crowd()
	c.rux = true
	c.urgencies = map[entity.Kind]map[string]int{entity.KindHost: {"1": 70, "2": 95}}
	c.observe(t, selection.Policy{Hosts: selection.Rules{Urgency: number(90)}, Detections: selection.DetectionRules{HostUrgency: number(60)}})
	if n := c.count("urgency of [host] from 60"); n != 1 || c.count("urgency") != 1 {
		t.Errorf("asked %q", c.calls)
	}
}

func (c *console) count(prefix string) int {
	n := 0
	for _, call := range c.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

func TestAMembershipOfAnySizeCountsWhole(t *testing.T) {
	c := crowd()
	all := members()
	for i := range 2500 {
		id := fmt.Sprint(i + 1000)
		all.IDs[id] = true
		c.hosts = append(c.hosts, host(id, 0, 0))
	}
	c.groups["host/Block"] = all
	obs := c.observe(t, selection.Policy{Hosts: selection.Rules{BlockGroup: "Block"}})
	if len(obs.Seen) != 2500 {
		t.Errorf("%d of 2,500 members are blocked", len(obs.Seen))
	}
}

func TestAccountsAreMembersByIDOrByName(t *testing.T) {
	c := crowd()
	c.groups["account/Block"] = members("1", "user3@corp")
	obs := c.observe(t, selection.Policy{Accounts: selection.Rules{BlockGroup: "Block"}})
	if diff := cmp.Diff([]string{"account 1: group", "account 3: group"}, story(obs)); diff != "" {
		t.Error(diff)
	}
	c.groups["account/Block"] = members("user3@corp")
	obs = tagged(c, 3, "block").observe(t, selection.Policy{Accounts: selection.Rules{BlockTag: "block", BlockGroup: "Block"}})
	if diff := cmp.Diff([]string{"account 3: tag, group"}, story(obs)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsHeldAndNotFoundIsAskedFor(t *testing.T) {
	for _, n := range []int{1, 3, 4, 40} {
		c := crowd()
		var held []entity.Ref
		for i := range n {
			id := fmt.Sprint(i + 100)
			c.hosts, c.accounts = append(c.hosts, host(id, 0, 0)), append(c.accounts, account(id, 0, 0))
			c.detections = append(c.detections, detection(id, "x", c.hosts[0]))
			held = append(held, ref(entity.KindHost, id), ref(entity.KindAccount, id), ref(entity.KindDetection, id))
		}
		held = append(held, ref(entity.KindHost, "404"), ref(entity.KindDetection, "404"), entity.Ref{Source: "elsewhere", Kind: entity.KindHost, ID: "1"})
		c.unlisted = []entity.Target{account("405", 0, 0)}
		held = append(held, ref(entity.KindAccount, "405"))
		obs := c.observe(t, selection.Policy{}, held...)
		if len(obs.Seen) != 3*n+1 {
			t.Errorf("%d held of each kind: %d seen", n, len(obs.Seen))
		}
		gone := []entity.Ref{ref(entity.KindHost, "404"), ref(entity.KindDetection, "404")}
		if diff := cmp.Diff(gone, obs.Gone); diff != "" {
			t.Errorf("%d held of each kind: gone %s", n, diff)
		}
		if asked := len(c.calls); asked > 20 {
			t.Errorf("%d held of each kind took %d requests", n, asked)
		}
	}
}

// The number of requests depends on the rules, never on the targets.
func TestTenTimesTheTargetsTakeTheSameRequests(t *testing.T) {
	cost := func(n int) int {
		c := &console{rux: true, groups: map[string]entity.Members{}, urgencies: map[entity.Kind]map[string]int{entity.KindHost: {}, entity.KindAccount: {}}}
		for _, name := range []string{"host/Block", "host/NoBlock", "account/Block", "account/NoBlock"} {
			c.groups[name] = members()
		}
		var held []entity.Ref
		for i := range n {
			id := fmt.Sprint(i)
			c.hosts, c.accounts = append(c.hosts, host(id, 50, 50, "block")), append(c.accounts, account(id, 50, 50, "VAR Account Blocked"))
			c.detections = append(c.detections, detection(id, "x", c.hosts[i], "VAR Detection Blocked"))
			c.urgencies[entity.KindHost][id], c.urgencies[entity.KindAccount][id] = 99, 99
			c.groups["host/Block"].IDs[id], c.groups["account/Block"].UIDs["user"+id+"@corp"] = true, true
			c.groups["host/NoBlock"].IDs[id] = i%2 == 0
			held = append(held, ref(entity.KindHost, id), ref(entity.KindAccount, id), ref(entity.KindDetection, id))
			c.hosts = append(c.hosts[:len(c.hosts)-1], host(id, 50, 50)) // found by no tag: looked for as held
		}
		rules := selection.Rules{
			BlockTag: "block", UnblockTag: "unblock", BlockGroup: "Block", NoBlockGroup: "NoBlock",
			Urgency: number(90), Types: []string{"x"}, TypesScore: and(1, 1),
		}
		c.observe(t, selection.Policy{Hosts: rules, Accounts: rules, Detections: selection.DetectionRules{BlockTag: "b", HostUrgency: number(90)}}, held...)
		return len(c.calls)
	}
	if small, large := cost(10), cost(100); small != large {
		t.Errorf("10 targets took %d requests, 100 took %d", small, large)
	}
}
