package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker/blockertest"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func TestMain(m *testing.M) { blockertest.Main(m, plugin()) }

func TestContract(t *testing.T) {
	for mode, keys := range map[string]map[string]any{
		modeGroup:      {"internal_group": "Internal-Block", "external_group": "External-Block", "member_limit": 100},
		modeQuarantine: {"expiry": "0"},
		modeFeed:       {"feed": "var-dst"},
	} {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, 2, inMode(mode))
			for _, g := range w.gates {
				w.useAll(g)
			}
			blockertest.Run(t, plugin(), w.exam(mode, keys))
		})
	}
}

// useAll has deny policies use every group and the feed.
func (w *world) useAll(g *lab.FortiGate) {
	for i, use := range []string{
		`"srcaddr":[{"name":"Internal-Block"}],"dstaddr":[{"name":"all"}]`,
		`"srcaddr6":[{"name":"Internal-Block6"}],"dstaddr6":[{"name":"all"}]`,
		`"srcaddr":[{"name":"all"}],"dstaddr":[{"name":"External-Block"},{"name":"var-dst"}]`,
		`"srcaddr6":[{"name":"all"}],"dstaddr6":[{"name":"External-Block6"}]`,
	} {
		w.change(g, "create", object("firewall/policy", fmt.Sprintf(
			`{"policyid":%d,"status":"enable","action":"deny","srcintf":[{"name":"any"}],"dstintf":[{"name":"any"}],`+
				`"service":[{"name":"ALL"}],"schedule":"always",%s}`, i+1, use)))
	}
}

func (w *world) exam(mode string, keys map[string]any) blockertest.Config {
	c := blockertest.Config{
		Settings: map[string]any{"mode": mode}, Secrets: map[string]string{}, Held: w.held,
		Break: func() func() { w.ends[1].Down(true); return func() { w.ends[1].Down(false) } },
		Slow:  func() func() { return w.trouble(lab.Fault{What: lab.Hang}) },
		Deny:  func() func() { return w.trouble(lab.Fault{What: lab.AnswerStatus, Status: 403}) },
		Foreign: func() func() error {
			w.foreign()
			before := w.foreigners()
			return func() error {
				if diff := cmp.Diff(before, w.foreigners()); diff != "" {
					return fmt.Errorf("what is not ours differs:\n%s", diff)
				}
				return nil
			}
		},
	}
	for key, value := range keys {
		c.Settings[key] = value
	}
	var devices []any
	for _, d := range w.settings.Device {
		devices = append(devices, map[string]any{"name": d.Name, "url": d.URL, "ca_file": d.CAFile})
		c.Secrets["device."+d.Name+".token"] = token
	}
	c.Settings["device"] = devices
	return c
}

func (w *world) trouble(f lab.Fault) (mend func()) {
	for i := range w.ends {
		w.fault(i, f)
	}
	return func() {
		for i := range w.ends {
			w.fault(i)
		}
	}
}

// held is what acts on each device, read from the device.
func (w *world) held() map[string][]string {
	all := map[string][]string{}
	for i, e := range w.ends {
		elements := []string{}
		for _, group := range []string{"Internal-Block", "External-Block"} {
			for _, value := range append(w.enforced(i, group), w.enforced(i, group+"6")...) {
				elements = append(elements, plain(value))
			}
		}
		for _, b := range w.holds(i).Bans {
			elements = append(elements, b.IP)
		}
		all[e.Name] = entity.Union(elements, w.holds(i).Feeds["var-dst"].Valid)
	}
	return all
}

// plain turns the value of an address object of ours into its element.
func plain(value string) string {
	value = strings.TrimSuffix(value, " 255.255.255.255")
	return strings.TrimSuffix(value, "/128")
}

// foreign puts beside ours what an administrator, the device itself, or another tool would.
func (w *world) foreign() {
	for _, g := range w.gates {
		w.change(g, "fill", `{"count":3,"prefix":"theirs-","group":"Internal-Block"}`)
		w.change(g, "add-members", `{"group":"External-Block","members":["theirs-00001"]}`)
		w.change(g, "ban", `{"ip":"10.9.9.9","source":"IPS"}`)
		w.change(g, "feed-add", `{"feed":"var-dst","entries":["192.0.2.99"]}`)
	}
}

func (w *world) foreigners() (all []string) {
	for i := range w.gates {
		state := w.holds(i)
		for name, a := range state.Addresses {
			if strings.HasPrefix(name, "theirs-") {
				all = append(all, fmt.Sprint(i, name, a))
			}
		}
		for name, members := range state.Groups {
			for _, m := range members {
				if strings.HasPrefix(m, "theirs-") || m == "none" {
					all = append(all, fmt.Sprint(i, name, " has ", m))
				}
			}
		}
		for _, b := range state.Bans {
			if b.Source == "IPS" {
				all = append(all, fmt.Sprint(i, b))
			}
		}
		if slices.Contains(state.Feeds["var-dst"].Valid, "192.0.2.99") {
			all = append(all, fmt.Sprint(i, "feed"))
		}
	}
	slices.Sort(all)
	return all
}
