package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

// noon is the time at which the estate's clocks stand until they are moved.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// estate is a world of simulated firewalls fw1, fw2 … that one blocker writes to.
type estate struct {
	t     testing.TB
	sims  []*lab.PANOS
	ends  []*lab.End
	ca    string
	ahead time.Duration
}

func newEstate(t testing.TB, configs ...lab.PANOSConfig) *estate {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	world, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	e := &estate{t: t, ca: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(e.ca, world.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, c := range configs {
		c.Clock = func() time.Time { return noon }
		e.sims = append(e.sims, lab.NewPANOS(c))
		e.ends = append(e.ends, world.Add(fmt.Sprintf("fw%d", i+1), e.sims[i]))
	}
	return e
}

// settings reach every firewall of the estate with its key; edit changes them.
func (e *estate) settings(edit func(*settings)) settings {
	s := settings{
		InternalTag: "Block_Host", ExternalTag: "Block_Detection", AccountTag: "Block_Account",
		AccountFormat: `{domain}\{sam}`, Persistent: true, Capacity: 1000, Batch: 1000,
	}
	for i, end := range e.ends {
		s.Devices = append(s.Devices, device{
			Name: end.Name, URL: end.URL, Vsys: "vsys1", TLS: blocker.TLS{CAFile: e.ca},
			APIKey: secret.New(e.sims[i].Key("admin")),
		})
	}
	if edit != nil {
		edit(&s)
	}
	return s
}

func (e *estate) open(edit func(*settings)) *paloalto {
	e.t.Helper()
	s := e.settings(edit)
	if errs := s.Validate(); len(errs) > 0 {
		e.t.Fatal(errs)
	}
	b, err := build(s, blocker.Instance{Name: "dc", Owner: "me", Parallel: 4, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		e.t.Fatal(err)
	}
	b.now = func() time.Time { return noon.Add(e.ahead) }
	e.t.Cleanup(func() { e.idle(b) })
	return b
}

func (e *estate) idle(b *paloalto) {
	for _, f := range b.firewalls {
		f.api.HTTP.CloseIdleConnections()
		if bare, ok := f.api.HTTP.Transport.(interface{ CloseIdleConnections() }); ok {
			bare.CloseIdleConnections()
		}
	}
}

// change applies an operation of the lab to the n-th firewall.
func (e *estate) change(n int, op string, args map[string]any) {
	e.t.Helper()
	raw, err := json.Marshal(args)
	if err == nil {
		err = e.sims[n].Change(op, raw)
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

// prepare gives the n-th firewall the groups and rules that the page of the plugin asks for.
func (e *estate) prepare(n int) {
	e.change(n, "dag", map[string]any{"name": "hosts", "filter": "'Block_Host'"})
	e.change(n, "dag", map[string]any{"name": "outside", "filter": "'theirs' or 'Block_Detection'"})
	e.change(n, "dug", map[string]any{"name": "people", "filter": "'Block_Account'"})
	e.change(n, "rule", deny("a", lab.PANOSRule{Source: []string{"hosts"}, Destination: []string{"any"}}))
	e.change(n, "rule", deny("b", lab.PANOSRule{Source: []string{"any"}, Destination: []string{"outside"}}))
	e.change(n, "rule", deny("c", lab.PANOSRule{SourceUser: []string{"people"}}))
}

func deny(name string, r lab.PANOSRule) map[string]any {
	r.Name, r.Action = name, "deny"
	return map[string]any{"rule": r}
}

// pass lets time go by everywhere.
func (e *estate) pass(d time.Duration) {
	e.ahead += d
	for n := range e.sims {
		e.change(n, "advance", map[string]any{"seconds": int(d.Seconds())})
	}
}

func (e *estate) fault(n int, f ...lab.Fault) {
	e.t.Helper()
	if err := e.ends[n].SetFaults(f...); err != nil {
		e.t.Fatal(err)
	}
}

// holds lists "name tag" of all that is registered on the n-th firewall, in its only place.
func (e *estate) holds(n int) []string {
	for _, d := range e.sims[n].Holds().Devices {
		for _, v := range d.VSYS {
			return pairsOf(v)
		}
	}
	return nil
}

func pairsOf(v lab.PANOSVsysState) []string {
	var all []string
	for _, table := range []map[string]map[string]lab.PANOSTagState{v.Addresses, v.Users} {
		for name, tags := range table {
			for tag := range tags {
				all = append(all, name+" "+tag)
			}
		}
	}
	slices.Sort(all)
	return all
}

// remaining is how long the n-th firewall keeps a tag of an address.
func (e *estate) remaining(n int, ip, tag string) time.Duration {
	for _, d := range e.sims[n].Holds().Devices {
		for _, v := range d.VSYS {
			return time.Duration(v.Addresses[ip][tag].Remaining) * time.Second
		}
	}
	return 0
}

// requests counts all requests to the n-th firewall.
func (e *estate) requests(n int) int {
	sum := 0
	for count := range maps.Values(e.ends[n].Requests()) {
		sum += count
	}
	return sum
}

func host(ip string) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: "hq", Kind: entity.KindHost, ID: ip},
		Name: "host " + ip, Host: &entity.Host{IP: ip},
	}
}

// hosts are n hosts with addresses of their own.
func hosts(n int) []entity.Target {
	all := make([]entity.Target, n)
	for i := range all {
		all[i] = host(fmt.Sprintf("172.16.%d.%d", i>>8, i&255))
	}
	return all
}

func detection(destinations ...string) entity.Target {
	return entity.Target{
		Ref:       entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "7"},
		Detection: &entity.Detection{Destinations: destinations},
	}
}

func static(destination string) entity.Target {
	return entity.Target{
		Ref:    entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: destination},
		Static: &entity.Static{Destination: destination},
	}
}

func account(uid string) entity.Target {
	sam, _, _ := strings.Cut(uid, "@")
	return entity.Target{
		Ref:  entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: uid},
		Name: uid, Account: &entity.Account{UID: uid, FakeSAM: sam},
	}
}

func releases(ts []entity.Target, outcomes []blocker.Outcome) []blocker.Release {
	all := make([]blocker.Release, len(ts))
	for i, t := range ts {
		all[i] = blocker.Release{Target: t, Receipt: outcomes[i].Receipt}
	}
	return all
}

// mustBlock blocks completely and gives what releases it.
func (e *estate) mustBlock(b *paloalto, ts ...entity.Target) []blocker.Release {
	e.t.Helper()
	outcomes := b.BlockAll(e.t.Context(), ts)
	for i, o := range outcomes {
		if o.Err != nil || o.Receipt.Empty() {
			e.t.Fatalf("block %s: %+v", ts[i].Ref, o)
		}
	}
	return releases(ts, outcomes)
}

func (e *estate) mustUnblock(b *paloalto, rs ...blocker.Release) {
	e.t.Helper()
	for i, err := range b.UnblockAll(e.t.Context(), rs) {
		if err != nil {
			e.t.Fatalf("release %s: %v", rs[i].Target.Ref, err)
		}
	}
}
