package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/setup"
)

func (s *stage) counted(lines string) []setup.Count {
	s.t.Helper()
	cfg, problems := config.Parse(s.path("config.toml"), []byte(s.base(lines)))
	if len(problems) > 0 {
		s.t.Fatal(problems)
	}
	return s.hired().Counts(s.t.Context(), cfg, nil)
}

// cloudToo is the line that adds the other brain.
func (s *stage) cloudToo() string {
	return fmt.Sprintf(`brain.cloud = { url = "CLOUD", api = "3.4", ca_file = %q }`, s.path("ca.pem"))
}

func matches(all []setup.Count) map[string]int {
	got := map[string]int{}
	for _, c := range all {
		got[c.Brain+" "+c.Rule] = c.Matches
	}
	return got
}

func TestRulesAreCountedByBrainWithoutWhatIsSpared(t *testing.T) {
	s := newStage(t)
	before := goleak.IgnoreCurrent()
	defer goleak.VerifyNone(t, before)
	got := matches(s.counted(`
` + s.cloudToo() + `
hosts.no_block_group = "Good"
hosts.block_group = "Bad"
hosts.score = { threat = 90, certainty = 60 }
hosts.urgency = 90
hosts.detection_types = ["Hidden HTTPS Tunnel"]
accounts.enabled = false
detections.block_tag = ""
detections.host_score = { threat = 90, certainty = 60 }
`))
	want := map[string]int{ // of the hosts with the block tag one is spared by its group, another by the release tag
		"hq hosts.block_tag": 2, "hq hosts.unblock_tag": 0, "hq hosts.block_group": 1, "hq hosts.no_block_group": 1,
		"hq hosts.score": 1, "hq hosts.detection_types": 1, "hq detections.unblock_tag": 0, "hq detections.host_score": 1,
		"cloud hosts.block_tag": 2, "cloud hosts.unblock_tag": 0, "cloud hosts.block_group": 1, "cloud hosts.no_block_group": 1,
		"cloud hosts.urgency": 1, "cloud hosts.detection_types": 1, "cloud detections.unblock_tag": 0, "cloud detections.host_score": 1,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	for _, end := range []*lab.End{s.hq, s.cloud} {
		n := 0
		for _, times := range end.Requests() {
			n += times
		}
		if n > 10 {
			t.Errorf("%s got %d requests: %v", end.Name, n, end.Requests())
		}
	}
	wantNothingWritten(t, s.hq, s.cloud)
}

// Not knowing is not nothing.
func TestACountThatCouldNotBeMadeIsAnErrorAndNotZero(t *testing.T) {
	s := newStage(t)
	s.lack(s.hq, "read accounts")
	for _, c := range s.counted("brain.down = { url = \"https://127.0.0.1:1\" }\nhosts.score = { threat = 90, certainty = 60 }") {
		unknown := c.Brain == "down" || c.Kind == entity.KindAccount
		if (c.Err != nil) != unknown || c.Err != nil && c.Matches != 0 {
			t.Errorf("%+v", c)
		}
	}
	s.lack(s.hq)
	for _, c := range s.counted(`hosts.no_block_group = "Nobody"`) {
		if depends := c.Kind != entity.KindAccount; depends != (c.Err != nil) || depends && !strings.Contains(c.Err.Error(), "Nobody") {
			t.Errorf("%+v", c)
		}
	}
}

// drawn makes an estate and rules that are met by some of it.
type drawn struct{ *rand.Rand }

func (d drawn) some(from ...string) []string {
	var all []string
	for _, one := range from {
		if d.IntN(4) == 0 {
			all = append(all, one)
		}
	}
	return all
}

func (d drawn) subject(id int, kind string) lab.Subject {
	tags := d.some("vectra_"+kind+"_block", "vectra_"+kind+"_unblock", "block", "unblock", "client:desk", "client:elsewhere", "VAR Host Blocked")
	return lab.Subject{ID: id, Threat: d.IntN(100), Certainty: d.IntN(100), Tags: tags}
}

func (d drawn) estate() lab.Estate {
	e := lab.Estate{Groups: []lab.Group{group(1, "host", "Bad"), group(2, "host", "Good"), group(3, "account", "Bad"), group(4, "account", "Good")}}
	for id := 1; id <= 12; id++ {
		h := lab.Host{
			Subject: d.subject(id, "host"), Scored: lab.Scored{Name: fmt.Sprint("host-", id), Urgency: d.IntN(100)},
			IP: []string{fmt.Sprint("10.0.0.", id), "127.0.0.1"}[d.IntN(12)/11], KeyAsset: d.IntN(4) == 0,
		}
		h.LastSeen = time.Now().Add(-time.Duration(d.IntN(200)) * time.Hour)
		a := lab.Account{Subject: d.subject(id, "account"), Scored: lab.Scored{Name: fmt.Sprint("account-", id), Urgency: d.IntN(100)}}
		s := []lab.Detection{
			lab.Tunnel(id, 1+d.IntN(12), fmt.Sprint("185.199.108.", id), "c2.example.org"),
			lab.DNSTunnel(id, 1+d.IntN(12), "tunnel.example.org"), lab.SignOn(id, 1+d.IntN(12), "185.199.108.200"),
		}[d.IntN(3)]
		s.Subject, s.FilteredByUser = d.subject(id, "detection"), d.IntN(5) == 0
		for i := range e.Groups {
			if member := []string{fmt.Sprint(id), a.Name}[i/2]; d.IntN(5) == 0 {
				e.Groups[i].Members = append(e.Groups[i].Members, member)
			}
		}
		e.Hosts, e.Accounts, e.Detections = append(e.Hosts, h), append(e.Accounts, a), append(e.Detections, s)
	}
	return e
}

func (d drawn) rules() string {
	score := func(key string) string {
		return fmt.Sprintf("%s = { threat = %d, match = %q, certainty = %d }", key, d.IntN(100), []string{"and", "or"}[d.IntN(2)], d.IntN(100))
	}
	return strings.Join(d.some(
		`hosts.block_group = "Bad"`, `hosts.no_block_group = "Good"`, score("hosts.score"), fmt.Sprint("hosts.urgency = ", 1+d.IntN(99)),
		`hosts.detection_types = ["Hidden HTTPS Tunnel", "Hidden DNS Tunnel"]`, score("hosts.detection_types_score"),
		`hosts.spare_key_assets = true`, `hosts.spare_unseen = "100h"`, `hosts.block_tag = ""`, `hosts.enabled = false`,
		`accounts.block_group = "Bad"`, `accounts.no_block_group = "Good"`, score("accounts.score"), `accounts.enabled = false`,
		`accounts.detection_types = ["Azure AD Suspicious Sign-On"]`, `detections.types = ["Hidden DNS Tunnel"]`, score("detections.host_score"),
		fmt.Sprint("detections.host_urgency = ", 1+d.IntN(99)), `blocker.desk.kinds = ["host", "detection"]`, `never_block.targets = ["host-3", "10.0.0.4"]`,
	), "\n")
}

// planned counts what "var plan" shows, by brain, kind and rule.
func (s *stage) planned(lines string) map[string]int {
	s.t.Helper()
	s.run(lines, "plan", "--output", "json") // what a gate holds back, and what is frozen, is no matter here
	var p passView
	if err := json.Unmarshal(s.out.Bytes(), &p); err != nil {
		s.t.Fatalf("%v\n%s%s", err, &s.out, &s.err)
	}
	got := map[string]int{}
	for _, source := range p.Sources {
		for _, it := range source.Items {
			reasons := it.Reasons
			if it.Action == entity.ActionSpare {
				reasons = reasons[:1]
			}
			for _, r := range reasons {
				got[fmt.Sprint(source.Source, " ", it.Kind, " ", r.Rule)]++
			}
		}
	}
	return got
}

func TestCountsAreWhatAPlanThenBlocksAndSpares(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 1
	}
	s := newStage(t)
	total := 0
	for seed := range uint64(rounds) {
		d := drawn{rand.New(rand.NewPCG(seed, 5))}
		for _, end := range []*lab.End{s.hq, s.cloud} {
			end.Simulator().(*front).Fill(d.estate())
		}
		lines := s.cloudToo() + "\n" + d.rules()
		want := s.planned(lines)
		cfg, _ := config.Parse(s.path("config.toml"), []byte(s.base(lines)))
		rules := map[string]plan.Rule{}
		for _, r := range append(countedRules(cfg, true), countedRules(cfg, false)...) {
			rules[r.key] = r.rule
		}
		for _, c := range s.hired().Counts(t.Context(), cfg, nil) {
			if n := want[fmt.Sprint(c.Brain, " ", c.Kind, " ", rules[c.Rule])]; c.Err != nil || c.Matches != n {
				t.Fatalf("seed %d: %+v, and the plan has %d\n%s", seed, c, n, lines)
			}
			total += c.Matches
			delete(want, fmt.Sprint(c.Brain, " ", c.Kind, " ", rules[c.Rule]))
		}
		for key := range want {
			if !strings.HasSuffix(key, string(plan.RuleNeverBlock)) && !strings.HasSuffix(key, string(plan.RuleUnsupported)) && !strings.HasPrefix(key, "static") &&
				!strings.HasSuffix(key, " detection "+string(plan.RuleNoBlockGroup)) {
				t.Fatalf("seed %d: the plan has %s, which no rule counts\n%s", seed, key, lines)
			}
		}
	}
	if total < rounds {
		t.Errorf("%d matches in %d rounds: nothing was compared", total, rounds)
	}
}
