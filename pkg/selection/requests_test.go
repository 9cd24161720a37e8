package selection_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/selection"
	"github.com/var-project/var/pkg/vectra"
)

// simulated is a simulated brain that refuses parameters which its version does not know.
type simulated struct {
	*lab.Brain
	version string
	end     *lab.End
	ca      []byte
}

func simulate(t *testing.T, version string) simulated {
	t.Helper()
	w, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	b := lab.NewBrain(lab.BrainConfig{Version: version, ClientID: "client", ClientSecret: "secret"})
	b.SetQuirks(lab.Quirks{StrictQuery: true})
	return simulated{b, version, w.Add(brain, b), w.CA()}
}

// console is a new one, which has to log in.
func (s simulated) console(t *testing.T) *vectra.Console {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.ca)
	c, err := vectra.New(vectra.Config{
		Name: brain, URL: s.end.URL, API: s.version, Auth: vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("secret")),
		TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// settle fills a brain with n of each kind, all of which match every rule, are held, and say so.
func (s simulated) settle(n int) (held []entity.Ref) {
	var e lab.Estate
	var ids, uids []string
	for i := 1; i <= n; i++ {
		subject := func(marker, tag string) lab.Subject {
			return lab.Subject{ID: i, Threat: 90, Certainty: 90, Tags: []string{marker, tag}}
		}
		id, name := fmt.Sprint(i), fmt.Sprintf("u%d@example.net", i)
		ids, uids = append(ids, id), append(uids, name)
		e.Hosts = append(e.Hosts, lab.Host{Subject: subject("VAR Host Blocked", "hblock"), Scored: lab.Scored{Name: "h" + id, Urgency: 95}, IP: "10.0.0.1"})
		e.Accounts = append(e.Accounts, lab.Account{Subject: subject("VAR Account Blocked", "ablock"), Scored: lab.Scored{Name: name, Urgency: 95}})
		e.Detections = append(e.Detections, lab.Detection{
			Subject: subject("VAR Detection Blocked", "block"), Type: "Hidden HTTPS Tunnel", Category: "command", HostID: i, AccountID: i,
		})
		for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection} {
			held = append(held, ref(k, id))
		}
	}
	e.Groups = []lab.Group{
		{ID: 1, Name: "Block", Type: "host", Members: ids},
		{ID: 2, Name: "NoBlock", Type: "host", Members: []string{"999999"}},
		{ID: 3, Name: "Block", Type: "account", Members: uids},
		{ID: 4, Name: "NoBlock", Type: "account", Members: []string{"x@example.net"}},
	}
	s.Fill(e)
	return held
}

// policies are the ways in which a brain may be asked, from the default to everything at once.
func policies() map[string]selection.Policy {
	tags := func(block string) selection.Rules { return selection.Rules{BlockTag: block, UnblockTag: "un" + block} }
	all := func(change func(hosts, accounts *selection.Rules, detections *selection.DetectionRules)) selection.Policy {
		p := selection.Policy{
			Kinds: []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}, Markers: markers,
			Hosts: tags("hblock"), Accounts: tags("ablock"), Detections: selection.DetectionRules{BlockTag: "block", UnblockTag: "unblock"},
		}
		change(&p.Hosts, &p.Accounts, &p.Detections)
		return p
	}
	both := func(change func(*selection.Rules)) selection.Policy {
		return all(func(h, a *selection.Rules, _ *selection.DetectionRules) { change(h); change(a) })
	}
	return map[string]selection.Policy{
		"default":      both(func(*selection.Rules) {}),
		"both scores":  both(func(r *selection.Rules) { r.Score = and(80, 80) }),
		"either score": both(func(r *selection.Rules) { r.Score = or(80, 80) }),
		"urgency":      both(func(r *selection.Rules) { r.Urgency = number(90) }),
		"groups":       both(func(r *selection.Rules) { r.BlockGroup, r.NoBlockGroup = "Block", "NoBlock" }),
		"types":        both(func(r *selection.Rules) { r.Types = []string{"Hidden HTTPS Tunnel", "Port Scan"} }),
		"everything": all(func(h, a *selection.Rules, d *selection.DetectionRules) {
			for _, r := range []*selection.Rules{h, a} {
				r.BlockGroup, r.NoBlockGroup, r.Score, r.Urgency = "Block", "NoBlock", or(80, 80), number(90)
				r.Types = []string{"Hidden HTTPS Tunnel", "Port Scan"}
			}
			d.Types, d.HostScore, d.HostUrgency = []string{"Smash and Grab"}, and(80, 80), number(90)
		}),
	}
}

// A pass over what is held already asks a brain ten times at most, as long as each kind stands on one page: whatever
// the rules, and as often for a thousand of each kind as for a hundred. This stands for the login, too.
func TestAPassWithNothingToDoAsksTenTimesAtMost(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		few, many := simulate(t, version), simulate(t, version)
		heldFew, heldMany := few.settle(100), many.settle(1000)
		for name, pol := range policies() {
			t.Run(version+" "+name, func(t *testing.T) {
				a, b := few.requests(t, pol, heldFew), many.requests(t, pol, heldMany)
				if d := cmp.Diff(a, b); d != "" {
					t.Errorf("100 and 1,000 of each kind differ (-few +many):\n%s", d)
				}
				if n := total(b); n > 10 {
					t.Errorf("%d requests: %v", n, b)
				}
			})
		}
	}
}

// requests are what a look costs that finds what is held, and nothing else.
func (s simulated) requests(t *testing.T, pol selection.Policy, held []entity.Ref) map[string]int {
	t.Helper()
	s.end.ResetCounters()
	obs := selection.Observe(t.Context(), s.console(t), brain, pol, held)
	if len(obs.Seen) != len(held) || len(obs.Frozen)+len(obs.Gone) > 0 {
		t.Fatalf("%d seen of %d held, frozen %v, %d gone", len(obs.Seen), len(held), obs.Frozen, len(obs.Gone))
	}
	for _, s := range obs.Seen {
		if len(s.Matches) == 0 {
			t.Fatalf("%s matches no rule", s.Target.Ref)
		}
	}
	return s.end.Requests()
}

func total(requests map[string]int) (n int) {
	for _, times := range requests {
		n += times
	}
	return n
}

// What lost its tags is found by its id, page by page.
func TestHeldTargetsWithoutTagsAreAskedForInPages(t *testing.T) {
	pol := policies()["default"]
	pol.Markers, pol.Hosts.BlockTag, pol.Accounts.BlockTag, pol.Detections.BlockTag = nil, "other", "other", "other"
	for _, version := range []string{"2.5", "3.4"} {
		s := simulate(t, version)
		held := s.settle(900)
		obs := selection.Observe(t.Context(), s.console(t), brain, pol, held)
		if len(obs.Seen) != len(held) {
			t.Errorf("%s: %d seen of %d held", version, len(obs.Seen), len(held))
		}
		if n := total(s.end.Requests()); n != 7 {
			t.Errorf("%s: %d requests, want a login, three by tags and three by ids: %v", version, n, s.end.Requests())
		}
	}
}
