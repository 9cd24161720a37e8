package main_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// fortigates are two FortiGates behind the blocker "edge" in one of its modes.
type fortigates struct{ mode string }

var gates = []string{"fw1", "fw2"}

// foreignSource and foreignDestination are what an administrator blocks without var.
const (
	foreignSource      = "198.51.100.9"
	foreignDestination = "203.0.113.9"
	foreignNetwork     = "203.0.113.64/26"
)

func (f fortigates) ends() []string { return gates }
func (f fortigates) label() string  { return "Fortinet Client" }

func (f fortigates) elements(w wish) []string {
	switch {
	case f.mode == "address-group" && w.kind != "account",
		f.mode == "quarantine" && w.kind == "host":
		return append(w.addresses, w.domains...)
	case f.mode == "feed" && (w.kind == "detection" || w.kind == "static"):
		return w.addresses
	}
	return nil
}

func (f fortigates) config(s *stage) string {
	text := fmt.Sprintf("[blocker.edge]\nplugin = \"fortigate\"\ntimeout = %q\n[blocker.edge.settings]\nmode = %q\n", s.wait, f.mode)
	switch f.mode {
	case "address-group":
		text += "internal_group = \"Internal-Block\"\nexternal_group = \"External-Block\"\n"
	case "feed":
		text += "feed = \"var-dst\"\n"
	}
	for _, end := range gates {
		text += s.device("edge", end)
	}
	return text
}

func (f fortigates) furnish(t *testing.T, s *stage) {
	t.Helper()
	for _, end := range gates {
		token := "token-of-" + end
		s.write(t, "credentials/blocker.edge.device."+end+".token", token)
		s.world.Add(end, lab.NewFortiGate(lab.FortiGateConfig{Token: token, Clock: s.world.Now}))
		f.furnishGate(t, s, end)
	}
}

func (f fortigates) furnishGate(t *testing.T, s *stage, end string) {
	t.Helper()
	create := func(table string, object map[string]any) {
		s.admin.change(t, end, "create", map[string]any{"table": table, "object": object})
	}
	create("firewall/address", map[string]any{"name": "office", "subnet": foreignSource + "/32"})
	create("firewall/address", map[string]any{"name": "bad", "subnet": foreignDestination + "/32"})
	create("firewall/address", map[string]any{"name": "worse", "subnet": foreignNetwork})
	for group, members := range map[string][]string{"Internal-Block": {"none", "office"}, "External-Block": {"none", "bad", "worse"}} {
		create("firewall/addrgrp", map[string]any{"name": group, "member": named(members)})
		create("firewall/addrgrp6", map[string]any{"name": group + "6", "member": named([]string{"none"})})
	}
	create("system/external-resource", map[string]any{
		"name": "var-dst", "type": "address", "update-method": "push", "resource": "http://127.0.0.1/none", "status": "enable",
	})
	create("firewall/policy", map[string]any{
		"policyid": 1, "status": "enable", "action": "deny", "srcaddr": named([]string{"Internal-Block"}), "dstaddr": named([]string{"all"}),
	})
	create("firewall/policy", map[string]any{
		"policyid": 2, "status": "enable", "action": "deny", "srcaddr": named([]string{"all"}), "dstaddr": named([]string{"External-Block", "var-dst"}),
	})
	s.admin.change(t, end, "ban", map[string]any{"ip": foreignSource, "source": "IPS"})
	s.admin.change(t, end, "feed-add", map[string]any{"feed": "var-dst", "entries": []string{foreignDestination}})
}

func named(names []string) []map[string]string {
	out := make([]map[string]string, len(names))
	for i, name := range names {
		out[i] = map[string]string{"name": name}
	}
	return out
}

// plant makes objects as the predecessor did: named by the bare address, iprange, no comment, in the group.
func (f fortigates) plant(t *testing.T, s *stage, kind string, elements []string) {
	t.Helper()
	for _, end := range gates {
		for _, e := range elements {
			switch f.mode {
			case "quarantine":
				s.admin.change(t, end, "ban", map[string]any{"ip": e})
			case "feed":
				s.admin.change(t, end, "feed-add", map[string]any{"feed": "var-dst", "entries": []string{e}})
			default:
				plantObject(t, s, end, group(kind), e)
			}
		}
	}
}

func group(kind string) string {
	if kind == "host" {
		return "Internal-Block"
	}
	return "External-Block"
}

func plantObject(t *testing.T, s *stage, end, group, address string) {
	t.Helper()
	s.admin.change(t, end, "create", map[string]any{"table": "firewall/address", "object": map[string]any{
		"name": address, "type": "iprange", "start-ip": address, "end-ip": address,
	}})
	s.admin.change(t, end, "add-members", map[string]any{"group": group, "members": []string{address}})
}

// gateView is what the admin API shows of a FortiGate.
type gateView struct {
	VDOMs map[string]struct {
		Addresses map[string]struct{ Type, Value, Comment string } `json:"addresses"`
		Groups    map[string][]string                              `json:"groups"`
		Bans      []struct{ IP, Source string }                    `json:"bans"`
		Feeds     map[string]struct{ Valid []string }              `json:"feeds"`
		Policies  []struct {
			Action              string
			Enabled             bool
			Source, Destination []string
		} `json:"policies"`
	} `json:"vdoms"`
}

func (f fortigates) inForce(t *testing.T, s *stage) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, end := range gates {
		var v gateView
		s.admin.state(t, end, &v)
		root := v.VDOMs["root"]
		for _, p := range root.Policies {
			if p.Enabled && p.Action == "deny" {
				all[end+" source"] = append(all[end+" source"], v.members(p.Source)...)
				all[end+" destination"] = append(all[end+" destination"], v.members(p.Destination)...)
			}
		}
		for _, b := range root.Bans {
			all[end+" bans"] = append(all[end+" bans"], strings.TrimSuffix(b.IP+" "+b.Source, " Administrative"))
		}
		all[end+" feed"] = slices.Clone(root.Feeds["var-dst"].Valid)
	}
	return all
}

// members are the values of all addresses that a policy reaches through these names.
func (v gateView) members(names []string) []string {
	root := v.VDOMs["root"]
	var values []string
	for _, name := range names {
		if members, ok := root.Groups[name]; ok {
			values = append(values, v.members(members)...)
		} else if a, ok := root.Addresses[name]; ok {
			values = append(values, plain(a.Value))
		}
	}
	return values
}

// plain brings "10.1.2.3 255.255.255.255", "10.0.0.0 255.0.0.0" and "10.1.2.3-10.1.2.3" into their shortest form.
func plain(value string) string {
	address, mask, masked := strings.Cut(value, " ")
	if ip, err := netip.ParseAddr(mask); masked && err == nil {
		ones := 0
		for _, b := range ip.AsSlice() {
			for ; b != 0; b <<= 1 {
				ones++
			}
		}
		return strings.TrimSuffix(fmt.Sprintf("%s/%d", address, ones), "/32")
	}
	from, to, ranged := strings.Cut(value, "-")
	if _, err := netip.ParseAddr(from); ranged && from == to && err == nil {
		return from
	}
	return value
}

// place is where elements of a kind show on one of the ends.
func (f fortigates) place(end, kind string) string {
	switch {
	case f.mode == "quarantine":
		return end + " bans"
	case f.mode == "feed":
		return end + " feed"
	case kind == "host":
		return end + " source"
	}
	return end + " destination"
}
