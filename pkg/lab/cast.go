package lab

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// staticLines is the static list of the default world: an address, a network and a domain, all of them public.
const staticLines = "# blocked by hand\n185.199.112.7\n185.199.113.0/24\nmalware.example.org\n"

// cast is who plays in the default world, and what they log in with.
type cast struct {
	world            *World
	places           map[string]Place
	secrets          map[string]string
	isolate, release []string
}

// assemble builds the default world: three brains, two FortiGates and a PAN-OS firewall, prepared as their
// administrators would.
func (w *World) assemble(o UpOptions) (*cast, error) {
	c := &cast{world: w, places: map[string]Place{}, secrets: map[string]string{}, isolate: o.Isolate, release: o.Release}
	if len(c.isolate) == 0 || len(c.release) == 0 {
		idle, err := exec.LookPath("true")
		if err != nil {
			return nil, fmt.Errorf("lab: find a program that does nothing: %w", err)
		}
		c.isolate, c.release = []string{idle, "{ip}"}, []string{idle, "{ip}"}
	}
	c.brain("hq", "2.5", headquarters(), NewEstate(EstateSize{Seed: 1, FirstID: 5000, Hosts: 120, Accounts: 10, Detections: 60}))
	c.brain("cloud", "3.4", cloud())
	c.brain("branch", "3.3", branch())
	for _, name := range []string{"fw1", "fw2"} {
		if err := c.fortigate(name); err != nil {
			return nil, err
		}
	}
	return c, c.panos("pa1")
}

func (c *cast) secret(name string) string {
	value := randomHex(16)
	c.secrets[name] = value
	return value
}

func (c *cast) brain(name, version string, estates ...Estate) {
	config := BrainConfig{
		Version: version, Clock: c.world.Now,
		ClientID: c.secret("brain." + name + ".client_id"), ClientSecret: c.secret("brain." + name + ".client_secret"),
	}
	kind := "rux"
	if strings.HasPrefix(version, "2") {
		kind = "qux"
		config.Tokens = []string{c.secret("brain." + name + ".token")}
	}
	b := NewBrain(config)
	for _, e := range estates {
		b.Fill(e)
	}
	c.world.Add(name, b)
	c.places[name] = Place{Kind: kind, Version: version}
}

// fortigate has the two groups, and their IPv6 twins, each in a deny policy.
func (c *cast) fortigate(name string) error {
	f := NewFortiGate(FortiGateConfig{Token: c.secret("blocker.edge.device." + name + ".token"), Clock: c.world.Now})
	steps := []string{
		`{"table":"firewall/addrgrp","object":{"name":"Internal-Block","member":[{"name":"none"}]}}`,
		`{"table":"firewall/addrgrp","object":{"name":"External-Block","member":[{"name":"none"}]}}`,
		`{"table":"firewall/addrgrp6","object":{"name":"Internal-Block6","member":[{"name":"none"}]}}`,
		`{"table":"firewall/addrgrp6","object":{"name":"External-Block6","member":[{"name":"none"}]}}`,
		denyPolicy(1, "hosts", "Internal-Block", "all"),
		denyPolicy(2, "destinations", "all", "External-Block"),
	}
	for _, step := range steps {
		if err := f.Change("create", json.RawMessage(step)); err != nil {
			return fmt.Errorf("lab: prepare %s: %w", name, err)
		}
	}
	c.world.Add(name, f)
	c.places[name] = Place{Kind: "fortigate", Version: f.cfg.Version}
	return nil
}

func denyPolicy(id int, name, source, destination string) string {
	v6 := func(group string) string {
		if group == "all" {
			return group
		}
		return group + "6"
	}
	return fmt.Sprintf(`{"table":"firewall/policy","object":{"policyid":%d,"name":"block %s","status":"enable","action":"deny",`+
		`"srcaddr":[{"name":%q}],"dstaddr":[{"name":%q}],"srcaddr6":[{"name":%q}],"dstaddr6":[{"name":%q}]}}`,
		id, name, source, destination, v6(source), v6(destination))
}

// panos has a dynamic group and a rule for each tag.
func (c *cast) panos(name string) error {
	key := c.secret("blocker.dc.device." + name + ".api_key")
	p := NewPANOS(PANOSConfig{Admins: []PANOSAdmin{{Name: "var", Password: randomHex(8), Key: key}}, Clock: c.world.Now})
	steps := []struct{ op, args string }{
		{"dag", `{"name":"Blocked-Hosts","filter":"'Block_Host'"}`},
		{"dag", `{"name":"Blocked-Destinations","filter":"'Block_Detection'"}`},
		{"dug", `{"name":"Blocked-Accounts","filter":"'Block_Account'"}`},
		{"rule", `{"rule":{"name":"block accounts","source":["any"],"destination":["any"],"source_user":["Blocked-Accounts"],"action":"deny"}}`},
		{"rule", `{"rule":{"name":"block hosts","source":["Blocked-Hosts"],"destination":["any"],"action":"deny"}}`},
		{"rule", `{"rule":{"name":"block destinations","source":["any"],"destination":["Blocked-Destinations"],"action":"deny"}}`},
	}
	for _, step := range steps {
		if err := p.Change(step.op, json.RawMessage(step.args)); err != nil {
			return fmt.Errorf("lab: prepare %s: %w", name, err)
		}
	}
	c.world.Add(name, p)
	c.places[name] = Place{Kind: "panos", Version: p.cfg.Version}
	return nil
}

// config is a configuration for exactly this world.
func (c *cast) config(dir string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by the lab for the world that it serves now.\nstate = %q\n", "sqlite://"+filepath.Join(dir, "var.db"))
	for _, name := range []string{"hq", "cloud", "branch"} {
		fmt.Fprintf(&b, "\n[brain.%s]\nurl = %q\napi = %q\nca_file = %q\n",
			name, c.world.End(name).URL, c.places[name].Version, filepath.Join(dir, CAFile))
	}
	fmt.Fprintf(&b, configRules, filepath.Join(dir, StaticFile))
	b.WriteString("\n[blocker.edge]\nplugin = \"fortigate\"\n[blocker.edge.settings]\nmode = \"address-group\"\n" +
		"internal_group = \"Internal-Block\"\nexternal_group = \"External-Block\"\n")
	c.device(&b, dir, "edge", "fw1")
	c.device(&b, dir, "edge", "fw2")
	b.WriteString("\n[blocker.dc]\nplugin = \"paloalto\"\n[blocker.dc.settings]\n" +
		"internal_tag = \"Block_Host\"\nexternal_tag = \"Block_Detection\"\naccount_tag = \"Block_Account\"\n")
	c.device(&b, dir, "dc", "pa1")
	fmt.Fprintf(&b, "\n[blocker.script]\nplugin = \"external-command\"\nkinds = [\"host\"]\n[blocker.script.settings]\n"+
		"host_block = %s\nhost_unblock = %s\n", quoted(c.isolate), quoted(c.release))
	return b.String()
}

const configRules = `
[hosts]
block_group = "Block"
no_block_group = "NoBlock"
score = { threat = 80, match = "and", certainty = 80 }
urgency = 90

[static]
destinations = %q
`

func (c *cast) device(b *strings.Builder, dir, blocker, name string) {
	fmt.Fprintf(b, "[[blocker.%s.settings.device]]\nname = %q\nurl = %q\nca_file = %q\n",
		blocker, name, c.world.End(name).URL, filepath.Join(dir, CAFile))
}

// quoted is a list of texts in TOML, whose basic strings are written like Go's for what a command line holds.
func quoted(argv []string) string {
	out := make([]string, len(argv))
	for i, arg := range argv {
		out[i] = fmt.Sprintf("%q", arg)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
