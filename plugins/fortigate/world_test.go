package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

const (
	owner = "site-a"
	token = "t0p-secret-token"
)

// world is a blocker of one or two simulated FortiGates, each with groups, a feed and policies.
type world struct {
	*fortigate
	t        testing.TB
	settings settings
	gates    []*lab.FortiGate
	ends     []*lab.End
	alien    []string // nested groups of others
	asked    int      // how many requests the last attempt made that a fault befell
}

// option changes the settings or the devices before the blocker is opened.
type option func(*settings, *lab.FortiGateConfig)

func inMode(mode string) option {
	return func(s *settings, _ *lab.FortiGateConfig) {
		s.Mode = mode
		if mode != modeGroup {
			s.InternalGroup, s.ExternalGroup = "", ""
		}
		if mode == modeFeed {
			s.Feed = "var-dst"
		}
	}
}

func newWorld(t testing.TB, devices int, options ...option) *world {
	t.Helper()
	lw, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lw.Close() })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, lw.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, settings: settings{
		Mode: modeGroup, InternalGroup: "Internal-Block", ExternalGroup: "External-Block", MemberLimit: 250, Expiry: time.Hour,
	}}
	for i := range devices {
		config := lab.FortiGateConfig{Token: token}
		for _, o := range options {
			o(&w.settings, &config)
		}
		name := fmt.Sprintf("fw%d", i+1)
		gate := lab.NewFortiGate(config)
		end := lw.Add(name, gate)
		w.gates, w.ends = append(w.gates, gate), append(w.ends, end)
		w.settings.Device = append(w.settings.Device, deviceSettings{
			Name: name, URL: end.URL, VDOM: "root", TLS: blocker.TLS{CAFile: ca}, Token: secret.New(token),
		})
		w.furnish(gate)
	}
	w.fortigate = w.open("edge", owner, time.Minute)
	return w
}

// open makes another blocker on the same devices.
func (w *world) open(name, owner string, timeout time.Duration) *fortigate {
	w.t.Helper()
	f, err := newFortigate(w.settings, blocker.Instance{
		Name: name, Owner: owner, Parallel: 4, Log: slog.New(slog.DiscardHandler),
	}, timeout)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		for _, d := range f.devices {
			d.client.Close()
		}
	})
	return f
}

// furnish is what an administrator prepares.
func (w *world) furnish(g *lab.FortiGate) {
	for _, name := range []string{"Internal-Block", "External-Block"} {
		w.change(g, "create", object("firewall/addrgrp", fmt.Sprintf(`{"name":%q,"member":[{"name":"none"}]}`, name)))
		w.change(g, "create", object("firewall/addrgrp6", fmt.Sprintf(`{"name":%q,"member":[{"name":"none"}]}`, name+"6")))
	}
	if compareVersion(g.Holds().Version) {
		w.change(g, "create", object("system/external-resource",
			`{"name":"var-dst","type":"address","update-method":"push","resource":"http://127.0.0.1/none","status":"enable"}`))
	}
}

func compareVersion(version string) bool { return version >= "v7.2.1" }

func object(table, body string) string {
	return fmt.Sprintf(`{"table":%q,"object":%s}`, table, body)
}

// change does something on a device that the blocker does not know of.
func (w *world) change(g *lab.FortiGate, op, args string) {
	w.t.Helper()
	if err := g.Change(op, json.RawMessage(args)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) holds(device int) lab.FortiGateVDOMState {
	return w.gates[device].Holds().VDOMs["root"]
}

// enforced are the values of all addresses that act through a group, nested groups included.
func (w *world) enforced(device int, group string) []string {
	state := w.holds(device)
	values := map[string]bool{}
	collect(state.Groups, state.Addresses, group, values)
	collect(state.Groups6, state.Addresses6, group, values)
	return slices.Sorted(maps.Keys(values))
}

func collect(groups map[string][]string, addresses map[string]lab.FortiAddressState, group string, values map[string]bool) {
	for _, m := range groups[group] {
		if a, ok := addresses[m]; ok {
			values[a.Value] = true
		}
		collect(groups, addresses, m, values)
	}
}

func (w *world) requests(device int, writes bool) int {
	n := 0
	for kind, count := range w.ends[device].Requests() {
		if (kind[:4] != "GET ") == writes {
			n += count
		}
	}
	return n
}

func (w *world) resetCounters() {
	for _, e := range w.ends {
		e.ResetCounters()
	}
}

func (w *world) fault(device int, rules ...lab.Fault) {
	w.t.Helper()
	if err := w.ends[device].SetFaults(rules...); err != nil {
		w.t.Fatal(err)
	}
}

func host(id int, ip string) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(id)},
		Name: fmt.Sprintf("host-%d", id), Host: &entity.Host{IP: ip},
	}
}

func detection(id int, destinations ...string) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: fmt.Sprint(id)},
		Name: fmt.Sprintf("detection-%d", id), Detection: &entity.Detection{Destinations: destinations},
	}
}

func static(destination string) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: destination},
		Name: destination, Static: &entity.Static{Destination: destination},
	}
}

// mustBlock blocks and fails the test unless every device confirmed every element.
func (w *world) mustBlock(ts ...entity.Target) []blocker.Release {
	w.t.Helper()
	rs := make([]blocker.Release, len(ts))
	for i, o := range w.BlockAll(context.Background(), ts) {
		if o.Err != nil || o.Pending {
			w.t.Fatalf("block %s: pending %v, error %v", ts[i].Ref, o.Pending, o.Err)
		}
		rs[i] = blocker.Release{Target: ts[i], Receipt: o.Receipt}
	}
	return rs
}

func (w *world) mustUnblock(rs ...blocker.Release) {
	w.t.Helper()
	for i, err := range w.UnblockAll(context.Background(), rs) {
		if err != nil {
			w.t.Fatalf("unblock %s: %v", rs[i].Target.Ref, err)
		}
	}
}

func (w *world) entries(device int) []blocker.Entry {
	w.t.Helper()
	inventories, err := w.List(context.Background())
	if err != nil || inventories[device].Err != nil {
		w.t.Fatal(err, inventories[device].Err)
	}
	return inventories[device].Entries
}
