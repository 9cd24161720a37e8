package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/lab"
)

// deny makes a policy with an action, a source and a destination.
func (w *world) deny(id int, action, status, source, destination string) {
	w.change(w.gates[0], "create", object("firewall/policy", fmt.Sprintf(
		`{"policyid":%d,"name":"p%d","action":%q,"status":%q,"srcintf":[{"name":"any"}],"dstintf":[{"name":"any"}],`+
			`"srcaddr":[{"name":%q}],"dstaddr":[{"name":%q}],"service":[{"name":"ALL"}],"schedule":"always"}`,
		id, id, action, status, source, destination)))
}

// findings are the checks by name: what is wrong, or else what is right.
func (w *world) findings() map[string]string {
	all := map[string]string{}
	for _, c := range w.Probe(context.Background())[0].Checks {
		if all[c.Name] = "ok: " + c.Detail; c.Err != nil {
			all[c.Name] = string(blocker.ClassOf(c.Err)) + ": " + c.Err.Error()
		}
	}
	return all
}

func wants(t *testing.T, got map[string]string, want map[string]string) {
	t.Helper()
	for name, beginning := range want {
		if !strings.HasPrefix(got[name], beginning) {
			t.Errorf("check %q is %q, want %q…", name, got[name], beginning)
		}
	}
}

func TestProbeOfGroups(t *testing.T) {
	w := newWorld(t, 1)
	w.deny(1, "accept", "enable", "all", "External-Block")
	w.deny(2, "deny", "disable", "Internal-Block", "all")
	w.deny(3, "deny", "enable", "all", "External-Block")
	before, _ := json.Marshal(w.gates[0].Holds())
	wants(t, w.findings(), map[string]string{
		"device":                     "ok: FortiOS v7.4.5, serial FGVM0000TEST",
		"IPv4 group Internal-Block":  "ok: present, 1 members",
		"write Internal-Block":       "ok: asked by a write that changes nothing",
		"policy of Internal-Block":   `permanent: no enabled deny policy has "Internal-Block" as its source`,
		"policy of External-Block":   "ok: denied by policy 3, number 3 of 3",
		"IPv6 group External-Block6": "ok: present",
	})
	after, _ := json.Marshal(w.gates[0].Holds())
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Error("the probe changed the device:", diff)
	}
	for _, e := range w.ends[0].Last(100) {
		if e.Method == "PUT" && e.Status != 200 {
			t.Errorf("the write that changes nothing got HTTP %d", e.Status)
		}
	}
}

func TestProbeOfAMissingGroup(t *testing.T) {
	w := newWorld(t, 1)
	w.change(w.gates[0], "delete", `{"table":"firewall/addrgrp","name":"Internal-Block"}`)
	w.change(w.gates[0], "delete", `{"table":"firewall/addrgrp6","name":"Internal-Block6"}`)
	wants(t, w.findings(), map[string]string{
		"IPv4 group Internal-Block":  "permanent: ",
		"IPv6 group Internal-Block6": "ok: not on the device",
	})
}

func TestProbeOfAReadOnlyToken(t *testing.T) {
	for mode, name := range map[string]string{modeGroup: "write Internal-Block", modeQuarantine: "write bans", modeFeed: "write feed"} {
		w := newWorld(t, 1, inMode(mode))
		for _, area := range []string{"firewall", "user", "system"} {
			w.change(w.gates[0], "rights", fmt.Sprintf(`{"area":%q,"rights":"read"}`, area))
		}
		wants(t, w.findings(), map[string]string{name: "unauthorized: "})
	}
}

func TestProbeOfAnOldFirmwareWithoutPlaceholder(t *testing.T) {
	w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) { c.Version = "v7.0.14" })
	w.mustBlock(hosts(1)...)
	w.change(w.gates[0], "remove-members", `{"group":"Internal-Block","members":["none"]}`)
	wants(t, w.findings(), map[string]string{"IPv4 group Internal-Block": `permanent: group "Internal-Block" lacks the member "none"`})
}

func TestProbeOfBansAndFeed(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	w.change(w.gates[0], "ban", `{"ip":"192.0.2.255","seconds":600}`)
	before, _ := json.Marshal(w.holds(0))
	wants(t, w.findings(), map[string]string{"ban list": "ok: readable, 1 ", "write bans": "ok: "})
	if after, _ := json.Marshal(w.holds(0)); !strings.Contains(string(after), "192.0.2.255") {
		t.Errorf("the probe lifted a ban: %s, before %s", after, before)
	}

	w = newWorld(t, 1, inMode(modeFeed))
	w.deny(1, "deny", "enable", "all", "all")
	w.change(w.gates[0], "feed-add", `{"feed":"var-dst","entries":["192.0.2.255","rubbish"]}`)
	before, _ = json.Marshal(w.holds(0))
	wants(t, w.findings(), map[string]string{
		"feed var-dst": "ok: type address, update-method push", "entries": "permanent: 1 entries are invalid",
		"write feed": "ok: ", "policy of var-dst": "permanent: no enabled deny policy",
	})
	if after, _ := json.Marshal(w.holds(0)); string(after) != string(before) {
		t.Errorf("the probe changed %s into %s", before, after)
	}
	for _, wrong := range []string{`"type":"domain"`, `"type":"address","status":"disable"`, `"status":"enable","update-method":"feed"`} {
		w.change(w.gates[0], "update", fmt.Sprintf(`{"table":"system/external-resource","name":"var-dst","object":{%s}}`, wrong))
		wants(t, w.findings(), map[string]string{"feed var-dst": "permanent: "})
	}
	w.change(w.gates[0], "delete", `{"table":"system/external-resource","name":"var-dst"}`)
	wants(t, w.findings(), map[string]string{"feed var-dst": `permanent: threat feed "var-dst" is not on the device`})
}

func TestProbeOfADeviceThatIsDown(t *testing.T) {
	w := newWorld(t, 1)
	w.ends[0].Down(true)
	wants(t, w.findings(), map[string]string{"device": "transient: "})
}
