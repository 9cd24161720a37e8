package cli

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/predecessor"
	"github.com/var-project/var/pkg/secretstore"
)

func number(n int) *int { return &n }

// never is the predecessor's default: no score reaches it.
var never = predecessorScore{100, "and", 100}

// predecessorCases are the configurations in testdata of pkg/predecessor.
var predecessorCases = map[string]predecessorRules{
	"template": {
		hosts:    predecessorKind{tag: "vectra_host_block", block: "Block", noBlock: "NoBlock", score: &never, urgency: number(101), typesScore: never},
		accounts: predecessorKind{tag: "vectra_account_block", block: "Block", noBlock: "NoBlock", score: &never, urgency: number(101), typesScore: never},
		tag:      "block", hostScore: &never,
	},
	"qux": {
		hosts: predecessorKind{
			tag: "isolate", block: "Block", noBlock: "NoBlock", score: &predecessorScore{50, "or", 60}, urgency: number(40),
			types: []string{"Hidden HTTPS Tunnel", "Ransomware File Activity"}, typesScore: predecessorScore{30, "and", 39},
		},
		accounts: predecessorKind{
			tag: "vectra_account_block", block: "Block", noBlock: "NoBlock", score: &predecessorScore{50, "AND", 60},
			types: []string{"Brute-Force"}, typesScore: predecessorScore{10, "or", 40},
		},
		tag: "cut", types: []string{"Suspicious HTTP"}, hostScore: &predecessorScore{70, "and", 40},
	},
	"rux": {
		rux: true, explicit: true,
		unblockHost: "vectra_host_unblock", unblockAccount: "vectra_account_unblock", unblockDetection: "unblock",
		hosts: predecessorKind{
			tag: "vectra_host_block", block: "Block", noBlock: "NoBlock", score: &predecessorScore{10, "and", 10}, urgency: number(70),
			types: []string{"Hidden HTTPS Tunnel"}, typesScore: predecessorScore{-1, "and", -1},
		},
		accounts: predecessorKind{
			score: &predecessorScore{40, "or", 90}, types: []string{"Brute-Force"}, typesScore: predecessorScore{99, "or", 50},
		},
		tag: "block", hostScore: &predecessorScore{100, "or", 65},
	},
	"off": {
		rux: true,
		hosts: predecessorKind{
			block: "Block", score: &predecessorScore{10, "and", 10}, urgency: number(101),
			types: []string{"Hidden HTTPS Tunnel"}, typesScore: never,
		},
		accounts: predecessorKind{block: "Block", noBlock: "NoBlock", urgency: number(100), typesScore: never},
		types:    []string{"Suspicious HTTP"},
	},
}

// TestImportedRulesSelectWhatThePredecessorSelects judges each configuration by what would be blocked, on a brain with hosts
// and accounts at every threshold and beside it.
func TestImportedRulesSelectWhatThePredecessorSelects(t *testing.T) {
	for name, rules := range predecessorCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			version := "2.5"
			if rules.rux {
				version = "3.4"
			}
			e := thresholds()
			want := rules.blocks(e)
			if len(want) == 0 {
				t.Fatal("the predecessor would block nothing: that judges nothing")
			}
			got := importedBlocks(t, name, version, e)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-predecessor +imported:\n%s", diff)
			}
		})
	}
}

// importedBlocks is what would be blocked on an estate with an imported configuration.
func importedBlocks(t *testing.T, name, version string, e lab.Estate) []string {
	t.Helper()
	w, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	b := lab.NewBrain(lab.BrainConfig{Version: version, ClientID: clientID, ClientSecret: clientSecret, Tokens: tokensOf(version)})
	b.Fill(e)
	end := w.Add("estate", b)
	s := &stage{t: t, dir: t.TempDir()}
	s.write("ca.pem", string(w.CA()))
	return s.wouldBlock(s.imported(name, version, end.URL))
}

func tokensOf(version string) []string {
	if version < "3" {
		return []string{brainToken}
	}
	return nil
}

// imported is the configuration that import makes, with its one brain where the lab has it, and every hour allowed.
func (s *stage) imported(name, version, url string) *config.Config {
	s.t.Helper()
	left, err := predecessor.Read("../predecessor/testdata/"+name, predecessor.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	doc, err := left.Document(s.path("config.toml"))
	if err != nil {
		s.t.Fatal(err)
	}
	cfg, problems := doc.Config()
	if len(problems) > 0 {
		s.t.Fatal(problems)
	}
	if left.Static != nil {
		s.write(predecessor.StaticName, string(left.Static))
	}
	for brain, b := range cfg.Brains {
		b.URL, b.API, b.CAFile = url, version, s.path("ca.pem")
		cfg.Brains = map[string]config.Brain{brain: b}
		for secret, value := range map[string]string{"client_id": clientID, "client_secret": clientSecret, "token": brainToken} {
			s.write("brain."+brain+"."+secret, value)
		}
		break
	}
	cfg.Window = config.Window{}
	return cfg
}

// wouldBlock is what a first pass with this configuration blocks, of hosts, accounts and detections. Where that is blocked already,
// there must be nothing left to do.
func (s *stage) wouldBlock(cfg *config.Config) []string {
	s.t.Helper()
	a := s.app()
	a.vault = secretstore.New(secretstore.Options{LookupEnv: func(name string) (string, bool) { return s.dir, name == "CREDENTIALS_DIRECTORY" }})
	sys := &system{app: a, cfg: cfg, log: a.log(), secrets: a.vault, only: entity.Kinds()}
	defer sys.close() //nolint:errcheck // only idle connections
	var err error
	if sys.journal, err = journal.OpenMemory(s.t.Context(), ""); err == nil {
		sys.brains, err = sys.openBrains(nil)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	edge := []entity.Blocker{{Name: "edge", Plugin: "any", Label: "Any", Kinds: entity.Kinds()}}
	policy := planPolicy(cfg, edge, nil, false)
	policy.Gates = nil
	var blocks []string
	for _, src := range sys.sources() {
		p := plan.Compute(src.Observe(s.t.Context(), nil), nil, policy, a.Now())
		if len(p.Frozen) > 0 {
			s.t.Fatal(p.Frozen)
		}
		refs, held := heldAfter(p)
		for _, it := range p.Items {
			if it.Action == entity.ActionBlock {
				blocks = append(blocks, blockKey(it.Target))
			}
		}
		for _, it := range plan.Compute(src.Observe(s.t.Context(), refs), held, policy, a.Now()).Items {
			if it.Action == entity.ActionRelease || it.Action == entity.ActionBlock {
				s.t.Errorf("with all of it blocked, there is still to %s %s", it.Action, blockKey(it.Target))
			}
		}
	}
	slices.Sort(blocks)
	return blocks
}

// heldAfter is what is held once a plan is carried out, as where the predecessor has blocked all of it.
func heldAfter(p plan.Plan) (refs []entity.Ref, held []entity.Holding) {
	for _, it := range p.Items {
		if it.Action == entity.ActionBlock {
			refs = append(refs, it.Target.Ref)
			held = append(held, entity.Holding{
				Target: *it.Target, Blocker: "edge", Label: "Any", State: entity.Complete, Receipt: entity.Receipt{Elements: []string{it.Target.ID}, Adopted: true},
			})
		}
	}
	return refs, held
}

func blockKey(t *entity.Target) string {
	if t.Kind == entity.KindDetection {
		return "detection " + t.ID
	}
	return fmt.Sprintf("%s %s", t.Kind, t.Name)
}

// The scores at which thresholds of the cases stand, and those beside them.
var scores = []int{0, 9, 10, 11, 30, 31, 39, 40, 41, 49, 50, 51, 59, 60, 64, 65, 69, 70, 71, 90, 99}

// thresholds is an estate with a host and an account for every pair of these scores. Tags, groups and detections are dealt out
// to them in steps that do not fit together, so that every reason meets every score near a threshold.
func thresholds() lab.Estate {
	e := lab.Estate{Groups: []lab.Group{
		group(1, "host", "Block"), group(2, "host", "NoBlock"), group(3, "account", "Block"), group(4, "account", "NoBlock"),
	}}
	for _, threat := range scores {
		for _, certainty := range scores {
			deal(&e, len(e.Hosts)+1, threat, certainty)
		}
	}
	return e
}

// dealt are the tags of one host, account or detection after the other. None but the exact ones count.
var dealt = [][]string{
	{},
	{"vectra_host_block", "vectra_account_block", "block"},
	{"not_vectra_host_block"},
	{},
	{"isolate", "let-go", "cut"},
	{},
	{"vectra_host_block", "vectra_host_unblock", "block", "unblock"},
	{"Isolate"},
	{"vectra_account_block", "vectra_account_unblock"},
	{"SOC"},
	{"cut"},
	{},
	{},
}

func deal(e *lab.Estate, id, threat, certainty int) {
	s := lab.Subject{ID: id, Tags: dealt[id%len(dealt)], Threat: threat, Certainty: certainty}
	e.Hosts = append(e.Hosts, lab.Host{
		Subject: s, Scored: lab.Scored{Name: fmt.Sprintf("host-%d", id), Urgency: id * 7 % 101},
		IP: fmt.Sprintf("10.0.%d.%d", id/250, id%250+1), Traffic: true,
	})
	account := lab.Account{Subject: s, Scored: lab.Scored{Name: fmt.Sprintf("user%d@example.net", id), Urgency: id * 11 % 101}}
	account.Tags = dealt[id*5%len(dealt)]
	e.Accounts = append(e.Accounts, account)
	for n, every := range []int{17, 19, 23, 29} {
		member := strconv.Itoa(id)
		if n >= 2 {
			member = account.Name
		}
		if id%every == 0 {
			e.Groups[n].Members = append(e.Groups[n].Members, member)
		}
	}
	e.Detections = append(e.Detections, sightedOn(2*id, id, 0), sightedOn(2*id+1, 0, id))
}

// sightedOn is a detection on a host or an account: of every type, in every state, with every sign of triage.
func sightedOn(id, host, account int) lab.Detection {
	d := lab.Tunnel(id, host, fmt.Sprintf("185.199.%d.%d", id/250, id%250+1), fmt.Sprintf("d%d.example.org", id))
	d.AccountID, d.Tags = account, dealt[id*3%len(dealt)]
	d.Type = []string{"Hidden HTTPS Tunnel", "Suspicious HTTP", "Ransomware File Activity", "Brute-Force", "New Host", "Port Sweep"}[id/2%6]
	d.State = []string{"active", "active", "inactive", "active", "fixed"}[id/2%5]
	if d.Type == "New Host" {
		d.Category = "info"
	}
	switch id / 2 % 11 {
	case 3:
		d.TriageRuleID = 12
	case 5:
		d.FilteredByAI = true
	}
	return d
}
