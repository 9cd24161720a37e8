package main_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// scene is a stage on which everything happens in one pass: of each kind one target stays blocked, one moves,
// one is released and one is new.
type scene struct {
	*stage
	means means
}

// The roles by id: high enough to stand behind a crowd.
const (
	staying = 90_031
	moving  = 90_032
	leaving = 90_033
	coming  = 90_034
)

// scenes are the brains and blockers of the fault tests: each family and each way that speaks over a network once.
var scenes = []struct {
	family family
	means  means
}{
	{families[1], fortigates{"address-group"}},
	{families[2], panos{}},
	{families[0], fortigates{"quarantine"}},
	{families[3], fortigates{"feed"}},
}

// newScene blocks what is held before the pass, and then lets people change their minds.
func newScene(t *testing.T, f family, m means) scene {
	t.Helper()
	s := scene{newStage(t, f, m), m}
	s.world.End(brainName).Simulator().(*lab.Brain).Fill(s.actors())
	s.configure(t)
	s.list(t, staying, leaving)
	s.pass(t, 0)
	s.changeMinds(t)
	return s
}

// changeMinds is what analysts and the operator do before the pass.
func (s scene) changeMinds(t *testing.T) {
	t.Helper()
	for kind, tag := range blockTags {
		s.admin.change(t, brainName, "remove_tag", map[string]any{"kind": kind, "id": leaving, "tag": tag})
		s.admin.change(t, brainName, "add_tag", map[string]any{"kind": kind, "id": coming, "tag": tag})
	}
	s.move(t, moving+100)
	s.list(t, staying, coming)
}

// move gives what moves the address, account name and destination of a number.
func (s scene) move(t *testing.T, to int) {
	t.Helper()
	s.admin.change(t, brainName, "put_host", map[string]any{"id": moving, "ip": addressOf("host", to)})
	s.admin.change(t, brainName, "put_account", map[string]any{"id": moving, "ldap": map[string]any{"sAMAccountName": samOf(to)}})
	tunnel := tunnelOf(to)
	s.admin.change(t, brainName, "put_detection", map[string]any{"id": moving, "summary": tunnel.Summary, "grouped_details": tunnel.Details})
}

// list writes the static list.
func (s scene) list(t *testing.T, roles ...int) {
	t.Helper()
	lines := ""
	for _, role := range roles {
		lines += addressOf("static", role) + "\n"
	}
	s.write(t, "destinations.txt", lines)
}

func addressOf(kind string, n int) string {
	return map[string]string{"host": "10.20.40.", "detection": "185.199.120.", "static": "185.199.121."}[kind] + strconv.Itoa(n%1000)
}

func samOf(n int) string { return fmt.Sprintf("user%d", n) }

func domainOf(n int) string { return fmt.Sprintf("c%d.example.org", n) }

func tunnelOf(n int) lab.Detection { return lab.Tunnel(n, 12, addressOf("detection", n), domainOf(n)) }

// actors are all roles of all kinds; those that are held at first carry the block tag.
func (s scene) actors() lab.Estate {
	var e lab.Estate
	for _, role := range []int{staying, moving, leaving, coming} {
		tags := func(kind string) []string {
			if role == coming {
				return []string{analyst}
			}
			return []string{analyst, blockTags[kind]}
		}
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: lab.Subject{ID: role, Tags: tags("host")},
			Scored:  lab.Scored{Name: fmt.Sprintf("ws-%d", role)}, IP: addressOf("host", role), Traffic: true,
		})
		e.Accounts = append(e.Accounts, lab.Account{
			Subject: lab.Subject{ID: role, Tags: tags("account")},
			Scored:  lab.Scored{Name: samOf(role) + "@example.net", LDAP: map[string]any{"sAMAccountName": samOf(role)}},
		})
		tunnel := tunnelOf(role)
		tunnel.Tags = tags("detection")
		e.Detections = append(e.Detections, tunnel)
	}
	return e
}

// wish is what a role wants in force.
func (s scene) wish(kind string, n int) wish {
	switch kind {
	case "account":
		return wish{kind: kind, sam: samOf(n)}
	case "detection":
		return wish{kind: kind, addresses: []string{addressOf(kind, n)}, domains: []string{domainOf(n)}}
	}
	return wish{kind: kind, addresses: []string{addressOf(kind, n)}}
}

// safe wants what must be true at any time, whatever failed: nothing that is wanted left, nothing that moves is
// without a block, and nobody else's tags or elements are lost.
func (s scene) safe(t *testing.T, before, final reality) {
	t.Helper()
	now := s.reality(t)
	for _, kind := range kinds {
		for _, end := range s.means.ends() {
			place := s.means.place(end, kind)
			for _, e := range s.means.elements(s.wish(kind, staying)) {
				if !slices.Contains(now.InForce[place], e) {
					t.Errorf("%s: %s was wanted all the time and is not in force: %v", place, e, now.InForce[place])
				}
			}
			s.covered(t, now.InForce[place], place, kind)
		}
	}
	for place, elements := range before.InForce {
		for _, e := range elements {
			if slices.Contains(final.InForce[place], e) && !slices.Contains(now.InForce[place], e) {
				t.Errorf("%s: %s is gone", place, e)
			}
		}
	}
	for who, tags := range final.Tags {
		if want, got := others(tags), others(now.Tags[who]); !slices.Equal(want, got) {
			t.Errorf("%s: other people's tags are %q, want %q", who, got, want)
		}
	}
}

// covered wants the old or the new address of what moves.
func (s scene) covered(t *testing.T, inForce []string, place, kind string) {
	t.Helper()
	if kind == "static" {
		return
	}
	from, to := s.means.elements(s.wish(kind, moving)), s.means.elements(s.wish(kind, moving+100))
	if len(from) > 0 && !slices.Contains(inForce, from[0]) && !slices.Contains(inForce, to[0]) {
		t.Errorf("%s: neither %s nor %s is in force", place, from[0], to[0])
	}
}

// others are the tags that are not ours.
func others(tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return strings.HasPrefix(tag, "VAR ") })
}
