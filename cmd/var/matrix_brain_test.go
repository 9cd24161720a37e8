package main_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

// family is a way in which a brain speaks and lets in.
type family struct {
	name, version, auth string
	// reads is how many requests the rules of a stage cost in each pass, logging in included, however
	// many targets there are, as long as one page holds them.
	reads int
	// life is how long a token lives; 0 is as long as usual.
	life time.Duration
}

var families = []family{
	{"QUX-token", "2.5", "token", 8, 0},
	{"QUX-OAuth", "2.5", "oauth", 9, 0},
	{"RUX-3.4", "3.4", "oauth", 9, 0},
	{"RUX-3.3", "3.3", "oauth", 9, 0},
}

// brainName is the one brain of every stage.
const brainName = "hq"

// What the brain's credentials are.
const (
	brainToken  = "token-of-the-brain"
	brainClient = "client-of-the-brain"
	brainSecret = "secret-of-the-brain"
)

func (f family) open(clock *lab.World) *lab.Brain {
	config := lab.BrainConfig{Version: f.version, ClientID: brainClient, ClientSecret: brainSecret, TokenLife: f.life, Clock: clock.Now}
	if strings.HasPrefix(f.version, "2") {
		config.Tokens = []string{brainToken}
	}
	return lab.NewBrain(config)
}

// analyst is the tag that somebody else keeps on everything that is blocked, and that nobody may lose.
const analyst = "SOC"

// people are the hosts, accounts and detections of every stage: of each kind one that plays, and some that only
// look as if.
func people() lab.Estate {
	host := func(id int, name, ip string, tags ...string) lab.Host {
		return lab.Host{
			Subject: lab.Subject{ID: id, Threat: 31, Certainty: 22, Tags: tags},
			Scored:  lab.Scored{Name: name, Urgency: 20}, IP: ip, Traffic: true,
			Artifacts: []lab.Artifact{{Type: "mac", Value: fmt.Sprintf("00:11:22:33:44:%02x", id%100), Vendor: "Example Corp"}},
		}
	}
	account := func(id int, sam string, tags ...string) lab.Account {
		return lab.Account{
			Subject: lab.Subject{ID: id, Threat: 40, Certainty: 30, Tags: tags},
			Scored:  lab.Scored{Name: sam + "@example.net", Urgency: 20, LDAP: map[string]any{"sAMAccountName": sam}},
		}
	}
	tunnel := lab.Tunnel(player, 12, "185.199.108.153", "c2.example.org")
	tunnel.Tags = []string{analyst}
	lookalike := lab.Tunnel(player+1, 12, "185.199.109.153", "cdn.example.org")
	lookalike.Tags = []string{"do not unblock"}
	return lab.Estate{
		Hosts: []lab.Host{
			host(11, "ws-hr-011", "10.20.32.11", "not_vectra_host_block"), host(12, "ws-old-001", "10.20.33.1", "var host blocked"),
			host(13, "srv-db-01", "10.20.10.5", "vectra_host_block"), host(player, "ws-fin-042", "10.20.30.42", analyst),
		},
		Accounts:   []lab.Account{account(11, "svc-backup", "vectra_account_block_not"), account(player, "jdoe", analyst)},
		Detections: []lab.Detection{lookalike, tunnel},
		Groups: []lab.Group{
			{ID: 1, Name: "NoBlock", Type: "host", Members: []string{"13"}},
			{ID: 2, Name: "NoBlockAccounts", Type: "account", Members: []string{}},
		},
	}
}

// player is the id of everybody who plays. Hosts, accounts and detections have their own ids.
const player = 1969

// bearer is what a brain shows of a host, account or detection.
type bearer struct {
	ID    int      `json:"id"`
	Tags  []string `json:"tags"`
	Notes []struct {
		Text string `json:"note"`
	} `json:"notes"`
}

// brainView is what the admin API shows of a brain.
type brainView struct {
	Hosts      []bearer `json:"hosts"`
	Accounts   []bearer `json:"accounts"`
	Detections []bearer `json:"detections"`
}

// byKind are all rows under names like "host 1969".
func (v brainView) byKind() map[string]bearer {
	all := map[string]bearer{}
	for kind, rows := range map[string][]bearer{"host": v.Hosts, "account": v.Accounts, "detection": v.Detections} {
		for _, row := range rows {
			all[kind+" "+strconv.Itoa(row.ID)] = row
		}
	}
	return all
}

// tags are those of every row, sorted.
func (v brainView) tags() map[string][]string {
	all := map[string][]string{}
	for name, row := range v.byKind() {
		slices.Sort(row.Tags)
		all[name] = append([]string{}, row.Tags...)
	}
	return all
}

// notes are the beginnings of those of every row that has some, without times and reasons.
func (v brainView) notes() map[string][]string {
	all := map[string][]string{}
	for name, row := range v.byKind() {
		for _, n := range row.Notes {
			verb, _, _ := strings.Cut(n.Text, " on ")
			all[name] = append(all[name], verb)
		}
	}
	return all
}

func (s *stage) brain(t *testing.T) brainView {
	t.Helper()
	var v brainView
	s.admin.state(t, brainName, &v)
	return v
}
