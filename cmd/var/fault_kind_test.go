package main_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// A page that is gone in the middle of a list may be the end of it or not: whoever is held and does not come up is
// asked for by id, and nobody is released for being on that page.
func TestWhoeverIsOnALostPageStaysBlocked(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		for kind, tag := range blockTags {
			t.Run(f.name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, f, panos{})
				crowd(s, kind, "not "+tag)
				s.admin.change(t, brainName, "quirks", lab.Quirks{LostPage: 2})
				s.pass(t, 0, "--groom")
				s.done(t, map[int]bool{staying: true, leaving: false, moving: false, moving + 100: true})
				s.admin.change(t, brainName, "quirks", lab.Quirks{})
				s.pass(t, 0, "--groom")
				s.done(t, healthy)
			})
		}
	}
}

// healthy is who is blocked when everything works.
var healthy = map[int]bool{staying: true, leaving: false, moving: false, moving + 100: true, coming: true}

// crowd adds more of a kind than one page holds, whose tags only look like the one that is asked for.
func crowd(s scene, kind, tag string) {
	var e lab.Estate
	for id := 10_000; id < 11_010; id++ {
		subject := lab.Subject{ID: id, Tags: []string{tag}}
		switch kind {
		case "host":
			e.Hosts = append(e.Hosts, lab.Host{Subject: subject, Scored: lab.Scored{Name: fmt.Sprintf("ws-%d", id)}})
		case "account":
			e.Accounts = append(e.Accounts, lab.Account{Subject: subject, Scored: lab.Scored{Name: fmt.Sprintf("user-%d@example.net", id)}})
		default:
			d := lab.Tunnel(id, 12, "185.199.122.1", "crowd.example.org")
			d.Tags = subject.Tags
			e.Detections = append(e.Detections, d)
		}
	}
	s.world.End(brainName).Simulator().(*lab.Brain).Fill(e)
}

// A configured group that is not there is no empty group: nobody is blocked or released for want of it.
func TestAMissingGroupFreezesItsKind(t *testing.T) {
	t.Parallel()
	groups := map[string]lab.Group{
		"host":    {ID: 1, Name: "NoBlock", Type: "host", Members: []string{"13"}},
		"account": {ID: 2, Name: "NoBlockAccounts", Type: "account", Members: []string{}},
	}
	for _, f := range families {
		for kind, group := range groups {
			t.Run(f.name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, f, panos{})
				before := s.reality(t)
				s.admin.change(t, brainName, "remove", map[string]any{"kind": "group", "id": group.ID})
				e := s.frozen(t, before, kind)
				if !strings.Contains(e.said(), group.Name) {
					t.Errorf("the group is not named: %s", e)
				}
				s.admin.change(t, brainName, "put_group", group)
				s.pass(t, 0, "--groom")
				s.done(t, healthy)
			})
		}
	}
}

// frozen makes a pass in which nothing of a kind may happen, and that says so.
func (s scene) frozen(t *testing.T, before reality, kind string) ended {
	t.Helper()
	e := s.pass(t, 4, "--groom")
	place := s.means.place("pa1", kind)
	if now := s.inForce(t)[place]; kind != "detection" && fmt.Sprint(now) != fmt.Sprint(before.InForce[place]) {
		t.Errorf("%ss are frozen, but %s was %v and is %v", kind, place, before.InForce[place], now)
	}
	if !regexp.MustCompile(brainName + `: frozen, .*\b` + kind + `\b`).MatchString(e.said()) {
		t.Errorf("the freeze is not told: %s", e)
	}
	for who, tags := range before.Tags {
		if strings.HasPrefix(who, kind+" ") && fmt.Sprint(tags) != fmt.Sprint(s.brain(t).tags()[who]) {
			t.Errorf("the tags of %s changed", who)
		}
	}
	return e
}

// done wants exactly these roles in force, of all kinds that come from a brain.
func (s scene) done(t *testing.T, roles map[int]bool) {
	t.Helper()
	now := s.inForce(t)
	for kind := range blockTags {
		place := s.means.place("pa1", kind)
		for n, want := range roles {
			for _, e := range s.means.elements(s.wish(kind, n)) {
				if got := slices.Contains(now[place], e); got != want {
					t.Errorf("%s: %s in force: got %v, want %v", place, e, got, want)
				}
			}
		}
	}
}

// A group that an administrator deleted on one firewall leaves what is blocked there to the next pass.
func TestADeletedGroupOnOneFirewallIsToldAndCaughtUp(t *testing.T) {
	t.Parallel()
	s := newScene(t, families[0], fortigates{"address-group"})
	s.admin.change(t, "fw1", "update", map[string]any{
		"table": "firewall/policy", "name": "1", "object": map[string]any{"srcaddr": named([]string{"all"})},
	})
	s.admin.change(t, "fw1", "delete", map[string]any{"table": "firewall/addrgrp", "name": "Internal-Block", "force": true})
	e := s.pass(t, 4, "--groom")
	if !strings.Contains(e.said(), "fw1") || !strings.Contains(e.said(), "Internal-Block") {
		t.Errorf("device and group are not named: %s", e)
	}
	s.admin.change(t, "fw1", "create", map[string]any{
		"table": "firewall/addrgrp", "object": map[string]any{"name": "Internal-Block", "member": named([]string{"none", "office"})},
	})
	s.admin.change(t, "fw1", "update", map[string]any{
		"table": "firewall/policy", "name": "1", "object": map[string]any{"srcaddr": named([]string{"Internal-Block"})},
	})
	s.pass(t, 0, "--groom")
	now := s.inForce(t)
	for _, ip := range []string{addressOf("host", coming), addressOf("host", moving+100)} {
		for _, end := range gates {
			if !strings.Contains(strings.Join(now[end+" source"], " "), ip) {
				t.Errorf("%s is not in force on %s: %v", ip, end, now[end+" source"])
			}
		}
	}
}
