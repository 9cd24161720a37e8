package vectra_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/vectra"
)

// simulated is a console of a simulated brain that refuses parameters which its version does
// not know, links to elsewhere, and moves rows between pages.
type simulated struct {
	*vectra.Console
	brain *lab.Brain
	end   *lab.End
	world *lab.World
	cfg   vectra.Config
}

// config is that of somebody else who comes to the same brain.
func (s simulated) config(api string, auth vectra.Auth) vectra.Config {
	cfg := s.cfg
	cfg.API, cfg.Auth = api, auth
	return cfg
}

func simulate(t *testing.T, version string, oauth bool, quirks lab.Quirks, more ...func(*vectra.Config)) simulated {
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
	b := lab.NewBrain(lab.BrainConfig{
		Version: version, Tokens: []string{"personal-token"}, ClientID: "client", ClientSecret: "client-secret",
		TokenLife: 20 * time.Minute, Clock: w.Now,
	})
	b.SetQuirks(quirks)
	s := simulated{brain: b, end: w.Add("brain", b), world: w}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.CA())
	auth := vectra.Token(vectra.Fixed("personal-token"))
	if oauth {
		auth = vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("client-secret"))
	}
	cfg := vectra.Config{
		Name: "hq", URL: s.end.URL, API: version, Auth: auth, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, Now: w.Now,
		Wait: func(ctx context.Context, d time.Duration) error { w.Advance(d); return ctx.Err() },
	}
	for _, change := range more {
		change(&cfg)
	}
	s.cfg = cfg
	s.Console, err = vectra.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// populate fills a brain with n hosts and accounts, each with a detection of its own.
func (s simulated) populate(n int) {
	var hosts []lab.Host
	var accounts []lab.Account
	var detections []lab.Detection
	for i := 1; i <= n; i++ {
		tags := []string{"SOC"}
		if i%10 == 0 {
			tags = append(tags, "vectra_host_block")
		}
		subject := lab.Subject{ID: i, State: "active", Threat: i % 100, Certainty: (i * 7) % 100, Tags: tags}
		name := fmt.Sprintf("u%d@example.net", i)
		hosts = append(hosts, lab.Host{
			Subject: subject, Scored: lab.Scored{Name: fmt.Sprintf("h%d", i), Urgency: i % 100}, IP: fmt.Sprintf("10.0.%d.%d", i/250, i%250),
		})
		accounts = append(accounts, lab.Account{Subject: subject, Scored: lab.Scored{Name: name, Urgency: i % 100}, DisplayName: name})
		detections = append(detections, lab.Detection{
			Subject: lab.Subject{ID: i, Threat: 50, Certainty: 50}, Type: "Hidden HTTPS Tunnel", Category: "command", HostID: i,
			Summary: map[string]any{"dst_ips": []string{"8.8.4.4", "10.0.0.1"}},
			Details: []map[string]any{{"target_domains": []string{"c2.example.org"}}},
		})
	}
	s.brain.PutHosts(hosts...)
	s.brain.PutAccounts(accounts...)
	s.brain.PutDetections(detections...)
	s.brain.PutGroups(
		lab.Group{ID: 1, Name: "NoBlock", Type: "host", Members: []string{"3", "5"}},
		lab.Group{ID: 2, Name: "NoBlock too", Type: "host", Members: []string{"7"}},
	)
}

var hostile = lab.Quirks{StrictQuery: true, LinkScheme: "http", LinkHost: "elsewhere.example.net", LinkVersion: "2", RepeatRows: 2}

// brains are the ways in which a brain of the field is spoken to.
var brains = []struct {
	version string
	oauth   bool
}{{"2.1", false}, {"2.3", false}, {"2.4", false}, {"2.5", false}, {"2.5", true}, {"3.3", true}, {"3.4", true}}

func everyBrain(t *testing.T, n int, f func(t *testing.T, s simulated)) {
	t.Helper()
	for _, b := range brains {
		t.Run(fmt.Sprintf("v%s oauth %v", b.version, b.oauth), func(t *testing.T) {
			s := simulate(t, b.version, b.oauth, hostile)
			s.populate(n)
			f(t, s)
		})
	}
}

func TestSimulatedBrainsAreReadWhole(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		s := simulate(t, version, true, hostile)
		s.populate(1200)
		h := must[[]entity.Target](t)(hosts(t, s.Console, entity.Query{}))
		a := must[[]entity.Target](t)(accounts(t, s.Console, entity.Query{}))
		d := must[[]entity.Finding](t)(detections(t, s.Console, entity.Query{Active: true, Untriaged: true}))
		if len(h) != 1200 || len(a) != 1200 || len(d) != 1200 {
			t.Fatalf("%d hosts, %d accounts, %d detections, want 1200 of each", len(h), len(a), len(d))
		}
		if got := d[0].Detection.Destinations; !slices.Equal(got, []string{"8.8.4.4", "c2.example.org"}) {
			t.Errorf("destinations %q", got)
		}
		if d[0].SourceHost == nil || d[0].SourceHost.ID != d[0].Detection.HostID || d[0].Detection.Category != "command_and_control" {
			t.Errorf("detection %+v from %+v", d[0].Detection, d[0].SourceHost)
		}
	}
}

func TestSimulatedBrainsAnswerQueriesExactly(t *testing.T) {
	everyBrain(t, 120, func(t *testing.T, s simulated) {
		s.brain.PutHosts(lab.Host{Subject: lab.Subject{ID: 5000, Tags: []string{"not_vectra_host_block"}}})
		tagged := must[[]entity.Target](t)(hosts(t, s.Console, entity.Query{Tags: []string{"vectra_host_block", "VAR Host Blocked"}, Lean: true}))
		if len(tagged) != 12 || slices.Contains(hostIDs(tagged), "5000") {
			t.Errorf("%d tagged hosts, want 12", len(tagged))
		}
		for _, or := range []bool{false, true} {
			f := &entity.Floor{Threat: 90, Certainty: 80, Or: or}
			want := 0
			for i := 1; i <= 120; i++ {
				if f.Met(entity.Score{Threat: i % 100, Certainty: (i * 7) % 100}) {
					want++
				}
			}
			got := must[[]entity.Target](t)(accounts(t, s.Console, entity.Query{Floor: f}))
			if len(got) != want || want == 0 {
				t.Errorf("or %v: %d scored accounts, want %d", or, len(got), want)
			}
		}
		lean := must[[]entity.Finding](t)(detections(t, s.Console, entity.Query{Lean: true, Active: true, Types: []string{"Hidden HTTPS Tunnel"}}))
		if len(lean) != 120 || lean[0].SourceHost == nil {
			t.Errorf("%d lean detections, the first from %v", len(lean), lean[0].SourceHost)
		}
		some := must[[]entity.Finding](t)(detections(t, s.Console, entity.Query{IDs: []string{"4", "110"}}))
		if len(some) != 2 {
			t.Errorf("%d detections by id, want 2", len(some))
		}
		members := must[entity.Members](t)(s.Group(t.Context(), entity.KindHost, "NoBlock"))
		if !members.Has("3", "") || !members.Has("5", "") || members.Has("7", "") {
			t.Errorf("members %v", members)
		}
	})
}

func TestSimulatedBrainsAreMarked(t *testing.T) {
	everyBrain(t, 12, func(t *testing.T, s simulated) {
		errs := s.EditTags(t.Context(), []entity.TagEdit{
			{Ref: hostRef("1"), Add: []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.1"}},
			{Ref: hostRef("10"), Add: []string{"VAR Host Blocked"}, Remove: []string{"vectra_host_block"}},
			{Ref: hostRef("99999"), Add: []string{"VAR Host Blocked"}},
		})
		if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], vectra.ErrGone) {
			t.Fatalf("errors %v", errs)
		}
		if d := cmp.Diff([]string{"SOC", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.1"}, s.brain.Tags("host", 1)); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{"SOC", "VAR Host Blocked"}, s.brain.Tags("host", 10)); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
		for range 2 {
			if err := s.AddNote(t.Context(), hostRef("1"), blocked); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Count(strings.Join(must[[]string](t)(s.Notes(t.Context(), hostRef("1"))), "\n"), blocked); got != 2 {
			t.Errorf("%d notes, want 2", got)
		}
		got := must[entity.Target](t)(s.Target(t.Context(), hostRef("1")))
		if !slices.Contains(got.Tags, "VAR Host Blocked") || got.Host.IP != "10.0.0.1" {
			t.Errorf("target %+v of %+v", got, got.Host)
		}
		if _, err := s.Target(t.Context(), hostRef("99999")); !errors.Is(err, vectra.ErrGone) {
			t.Errorf("error %v, want ErrGone", err)
		}
		for _, check := range s.Probe(t.Context()) {
			if check.Err != nil {
				t.Errorf("probe: %s: %v", check.Name, check.Err)
			}
		}
	})
}

// What a target that changes costs: its note, and on a tenant a look at its tags with one write; on an appliance the tags
// of all are one call for each that is distinct.
func TestEachChangedTargetCostsItsNoteAndItsTags(t *testing.T) {
	each := func(version string, n int) map[string]int {
		s := simulate(t, version, true, lab.Quirks{})
		s.populate(n)
		var edits []entity.TagEdit
		for i := 1; i <= n; i++ {
			edits = append(edits, entity.TagEdit{Ref: hostRef(fmt.Sprint(i)), Add: []string{fmt.Sprint("VAR ID:x:10.0.0.", i), "VAR Host Blocked"}})
		}
		for i, err := range s.EditTags(t.Context(), edits) {
			if err = errors.Join(err, s.AddNote(t.Context(), edits[i].Ref, blocked)); err != nil {
				t.Fatal(err)
			}
		}
		return s.end.Requests()
	}
	for version, want := range map[string]func(n int) map[string]int{
		"2.5": func(n int) map[string]int {
			return map[string]int{"POST token": 1, "POST note on host": n, "POST tag on host": n + 1}
		},
		"3.4": func(n int) map[string]int {
			return map[string]int{"POST token": 1, "POST note on host": n, "GET tags of host": n, "PATCH tags of host": n}
		},
	} {
		for _, n := range []int{10, 100} {
			if d := cmp.Diff(want(n), each(version, n)); d != "" {
				t.Errorf("%s with %d hosts (-want +got):\n%s", version, n, d)
			}
		}
	}
}

// However much is asked at once, the brain never has more in hand than it may.
func TestNoMoreIsInFlightThanMayBe(t *testing.T) {
	s := simulate(t, "3.4", true, lab.Quirks{}, func(cfg *vectra.Config) { cfg.Parallel = 3 })
	s.populate(60)
	s.end.Delay(time.Millisecond)
	var edits []entity.TagEdit
	for i := 1; i <= 60; i++ {
		edits = append(edits, entity.TagEdit{Ref: hostRef(fmt.Sprint(i)), Add: []string{"VAR Host Blocked"}})
	}
	var wg sync.WaitGroup
	for _, ask := range []func() error{
		func() error { return errors.Join(s.EditTags(t.Context(), edits)...) },
		func() error { _, err := hosts(t, s.Console, entity.Query{}); return err },
		func() error { _, err := detections(t, s.Console, entity.Query{}); return err },
		func() error { _, err := s.Group(t.Context(), entity.KindHost, "NoBlock"); return err },
		func() error { return s.AddNote(t.Context(), hostRef("1"), blocked) },
	} {
		wg.Go(func() {
			if err := ask(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.end.InFlightMax(); n > 3 || n < 2 {
		t.Errorf("%d requests in flight, want 3 at most", n)
	}
}

func TestSimulatedTenantsRankByUrgency(t *testing.T) {
	for _, version := range []string{"3.1", "3.2", "3.3", "3.4"} {
		s := simulate(t, version, true, lab.Quirks{StrictQuery: true, UnstableTies: true, RepeatRows: 3})
		s.populate(1000)
		got := 0
		err := s.Entities(t.Context(), []entity.Kind{entity.KindAccount}, 90, func(entity.Kind, string, int) error { got++; return nil })
		if err != nil || got != 100 {
			t.Errorf("%s: %d urgent accounts, error %v, want 100", version, got, err)
		}
		if n := s.end.Requests(); len(n) == 0 {
			t.Errorf("%s: no requests were counted", version)
		}
	}
}

func TestASimulatedLoopOutlivesItsTokens(t *testing.T) {
	for _, b := range brains {
		s := simulate(t, b.version, b.oauth, lab.Quirks{})
		s.populate(3)
		for range 6 {
			if got, err := hosts(t, s.Console, entity.Query{}); err != nil || len(got) != 3 {
				t.Errorf("v%s: %d hosts, error %v", b.version, len(got), err)
			}
			s.world.Advance(15 * time.Minute)
		}
	}
}

func TestASimulatedTenantWhoseRefreshIsRefused(t *testing.T) {
	for name, q := range map[string]lab.Quirks{"refused": {RefuseRefresh: true}, "never given": {NoRefreshToken: true}} {
		s := simulate(t, "3.4", true, q)
		s.populate(1)
		for range 3 {
			if _, err := hosts(t, s.Console, entity.Query{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			s.world.Advance(time.Hour)
		}
	}
}

func TestSimulatedFaultsNeverLookLikeAnEmptyBrain(t *testing.T) {
	faults := map[string]lab.Fault{
		"401": {What: lab.AnswerStatus, Status: 401, Body: `{"detail":"Invalid token."}`}, "403": {What: lab.AnswerStatus, Status: 403, Body: `{"detail":"no"}`},
		"500": {What: lab.AnswerStatus, Status: 500}, "HTML": {What: lab.HTML, Status: 200}, "truncated": {What: lab.Truncate},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			s := simulate(t, "2.5", false, lab.Quirks{})
			s.populate(3)
			if err := s.end.SetFaults(f); err != nil {
				t.Fatal(err)
			}
			if got, err := hosts(t, s.Console, entity.Query{}); err == nil {
				t.Errorf("%d hosts and no error", len(got))
			}
			if got, err := s.Group(t.Context(), entity.KindHost, "NoBlock"); err == nil {
				t.Errorf("members %v and no error", got)
			}
			if _, err := s.Target(t.Context(), hostRef("1")); err == nil || errors.Is(err, vectra.ErrGone) {
				t.Errorf("error %v for a host that is there", err)
			}
			if err := s.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"a"}}})[0]; err == nil && name != "truncated" && name != "HTML" {
				t.Error("no error of a write")
			}
			if got := s.brain.Tags("host", 1); !slices.Contains(got, "SOC") {
				t.Errorf("tags %q: a foreign one was lost", got)
			}
		})
	}
}
