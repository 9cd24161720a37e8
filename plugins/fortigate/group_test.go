package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

var longDomain = strings.Repeat("a-long-label.", 18) + "example.com"

func TestGroupHoldsEveryFormOfElement(t *testing.T) {
	w := newWorld(t, 1)
	before := w.holds(0)
	rs := w.mustBlock(
		host(1, "10.2.3.4"), host(2, "2001:DB8::9"),
		detection(3, "198.51.100.7", "2001:db8:1::/48", "bad.example.com", longDomain), static("203.0.113.0/24"),
	)
	if diff := cmp.Diff([]string{"10.2.3.4 255.255.255.255"}, w.enforced(0, "Internal-Block")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2001:db8::9/128"}, w.enforced(0, "Internal-Block6")); diff != "" {
		t.Error(diff)
	}
	want := []string{"198.51.100.7 255.255.255.255", "203.0.113.0 255.255.255.0", longDomain, "bad.example.com"}
	if diff := cmp.Diff(want, w.enforced(0, "External-Block")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2001:db8:1::/48"}, w.enforced(0, "External-Block6")); diff != "" {
		t.Error(diff)
	}
	if got := rs[2].Receipt.Elements; !slices.Contains(got, longDomain) || len(got) != 4 {
		t.Errorf("the receipt has %q, not the four canonical elements", got)
	}
	for name := range w.holds(0).Addresses {
		if len(name) > 63 || !strings.HasPrefix(name, "var-") {
			t.Errorf("object %q: want var-… of at most 63 bytes", name)
		}
	}
	w.mustUnblock(rs...)
	after := w.holds(0)
	if diff := cmp.Diff(before.Addresses, after.Addresses); diff != "" {
		t.Error("addresses are left behind:", diff)
	}
	if diff := cmp.Diff(before.Addresses6, after.Addresses6); diff != "" {
		t.Error("IPv6 addresses are left behind:", diff)
	}
}

func hosts(n int) []entity.Target {
	ts := make([]entity.Target, n)
	for i := range ts {
		ts[i] = host(i, fmt.Sprintf("10.0.%d.%d", i/200, i%200+1))
	}
	return ts
}

func TestGroupShardsBelowTheMemberLimit(t *testing.T) {
	w := newWorld(t, 1, func(s *settings, c *lab.FortiGateConfig) { s.MemberLimit, c.MemberLimit = 10, 10 })
	rs := w.mustBlock(hosts(30)...)
	if got := len(w.enforced(0, "Internal-Block")); got != 30 {
		t.Fatalf("%d addresses act, want 30", got)
	}
	if got := len(w.holds(0).Groups["Internal-Block"]); got != 5 {
		t.Errorf("the base group has %d members, want the placeholder and four shards", got)
	}
	w.mustUnblock(rs[:25]...)
	w.mustBlock(hosts(30)...)
	if got := len(w.holds(0).Groups["Internal-Block"]); got != 5 {
		t.Errorf("after blocking again the base group has %d members, want the same shards", got)
	}
	if got := len(w.enforced(0, "Internal-Block")); got != 30 {
		t.Errorf("%d addresses act, want 30", got)
	}
}

func TestGroupLeavesForeignMembersAndObjectsAlone(t *testing.T) {
	w := newWorld(t, 1)
	w.change(w.gates[0], "create", object("firewall/address", `{"name":"10.0.0.1","type":"iprange","start-ip":"10.0.0.1","end-ip":"10.0.0.1"}`))
	w.change(w.gates[0], "create", object("firewall/address", `{"name":"admins-host","subnet":"10.0.0.1/32","comment":"mine"}`))
	w.change(w.gates[0], "add-members", `{"group":"Internal-Block","members":["10.0.0.1","admins-host"]}`)
	before := w.holds(0)
	other := w.open("edge", "site-b", requestTimeout)
	rs := w.mustBlock(host(1, "10.0.0.1"))
	for _, o := range other.BlockAll(context.Background(), []entity.Target{host(1, "10.0.0.1")}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	w.mustUnblock(rs...)
	state := w.holds(0)
	if _, ok := state.Addresses["10.0.0.1"]; !ok || !slices.Contains(state.Groups["Internal-Block"], "10.0.0.1") {
		t.Error("an object without our mark was taken off although nothing was adopted")
	}
	if got := len(state.Addresses); got != len(before.Addresses)+1 {
		t.Errorf("%d addresses are left, want the foreign ones and that of the other installation", got)
	}
	if diff := cmp.Diff([]string{"10.0.0.1 255.255.255.255", "10.0.0.1-10.0.0.1"}, w.enforced(0, "Internal-Block")); diff != "" {
		t.Error(diff)
	}
}

func TestGroupLeavesAnObjectThatIsUsedElsewhere(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(host(1, "10.0.0.1"))
	var name string
	for n := range w.holds(0).Addresses {
		name = n
	}
	w.change(w.gates[0], "create", object("firewall/addrgrp", fmt.Sprintf(`{"name":"Theirs","member":[{"name":%q}]}`, name)))
	w.mustUnblock(rs...)
	if diff := cmp.Diff([]string{name}, w.holds(0).Groups["Theirs"]); diff != "" {
		t.Error("the other group lost its member:", diff)
	}
	if got := w.enforced(0, "Internal-Block"); len(got) != 0 {
		t.Errorf("%q still act", got)
	}
	if got := w.entries(0); len(got) != 0 {
		t.Errorf("the list has %v, though the group is empty", got)
	}
}

func TestGroupTakesOverThePredecessorsObjects(t *testing.T) {
	w := newWorld(t, 1)
	g := w.gates[0]
	w.change(g, "create", object("firewall/address", `{"name":"10.0.0.1","type":"iprange","start-ip":"10.0.0.1","end-ip":"10.0.0.1"}`))
	w.change(g, "create", object("firewall/address", `{"name":"10.0.0.2","type":"iprange","start-ip":"10.0.0.2","end-ip":"10.0.0.2","comment":"mine"}`))
	w.change(g, "create", object("firewall/address", `{"name":"10.0.0.3","type":"iprange","start-ip":"10.0.0.3","end-ip":"10.0.0.3"}`))
	w.change(g, "add-members", `{"group":"Internal-Block","members":["10.0.0.1","10.0.0.2"]}`)

	listed := w.entries(0)
	if len(listed) != 2 || listed[0].Element != "10.0.0.1" || listed[0].Class != entity.ClassSource || listed[0].Owner == owner {
		t.Errorf("the list has %+v, want the members of the group as foreign", listed)
	}
	w.change(g, "create", object("firewall/address", `{"name":"10.0.0.4","type":"iprange","start-ip":"10.0.0.4","end-ip":"10.0.0.4"}`))
	w.change(g, "add-members", `{"group":"Internal-Block","members":["10.0.0.4"]}`)
	rs := []blocker.Release{{Target: host(4, "10.0.0.4"), Receipt: blocker.Receipt{Elements: []string{"10.0.0.4"}}}}
	for i := range 3 {
		ip := fmt.Sprintf("10.0.0.%d", i+1)
		rs = append(rs, blocker.Release{Target: host(i, ip), Receipt: blocker.Receipt{Elements: []string{ip}, Adopted: true}})
	}
	w.mustUnblock(rs...)
	state := w.holds(0)
	if _, ok := state.Addresses["10.0.0.1"]; ok || slices.Contains(state.Groups["Internal-Block"], "10.0.0.1") {
		t.Error("the predecessor's object is still there")
	}
	if !slices.Contains(state.Groups["Internal-Block"], "10.0.0.2") {
		t.Error("an object with a comment is not the predecessor's and was taken out")
	}
	if !slices.Contains(state.Groups["Internal-Block"], "10.0.0.4") {
		t.Error("what was not adopted was taken off beside what was")
	}
	if _, ok := state.Addresses["10.0.0.3"]; !ok {
		t.Error("an object outside the group was deleted")
	}
	w.mustUnblock(rs...)
}

func TestGroupKeepsThePlaceholderWhereNoGroupMayBeEmpty(t *testing.T) {
	w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) { c.Version = "v7.0.14" })
	g := w.gates[0]
	w.change(g, "create", object("firewall/address", `{"name":"10.0.0.1","type":"iprange","start-ip":"10.0.0.1","end-ip":"10.0.0.1"}`))
	w.change(g, "add-members", `{"group":"Internal-Block","members":["10.0.0.1"]}`)
	w.change(g, "remove-members", `{"group":"Internal-Block","members":["none"]}`)
	w.mustUnblock(blocker.Release{Target: host(1, "10.0.0.1"), Receipt: blocker.Receipt{Elements: []string{"10.0.0.1"}, Adopted: true}})
	if diff := cmp.Diff([]string{"none"}, w.holds(0).Groups["Internal-Block"]); diff != "" {
		t.Error(diff)
	}
	rs := w.mustBlock(host(1, "10.0.0.1"))
	w.mustUnblock(rs...)
	if got := w.enforced(0, "Internal-Block"); len(got) != 0 {
		t.Errorf("%q still act", got)
	}
}

func TestGroupIsRepairedWhatAnAdminTookApart(t *testing.T) {
	w := newWorld(t, 1)
	ts := []entity.Target{host(1, "10.0.0.1")}
	w.mustBlock(ts...)
	state := w.holds(0)
	shard := state.Groups["Internal-Block"][1]
	w.change(w.gates[0], "remove-members", fmt.Sprintf(`{"group":"Internal-Block","members":[%q]}`, shard))
	if got := w.entries(0); len(got) != 0 {
		t.Errorf("the list has %+v, want the element as missing, for Block puts it right", got)
	}
	w.mustBlock(ts...)
	if got := w.enforced(0, "Internal-Block"); len(got) != 1 {
		t.Errorf("%q act, want the one", got)
	}
	w.change(w.gates[0], "delete", fmt.Sprintf(`{"table":"firewall/addrgrp","name":%q,"force":true}`, shard))
	w.mustBlock(ts...)
	if got := w.enforced(0, "Internal-Block"); len(got) != 1 {
		t.Errorf("%q act after the shard was deleted, want the one", got)
	}
}

func TestGroupListTellsOwners(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(host(1, "10.0.0.1"), detection(2, "198.51.100.7", "bad.example.com"))
	for _, f := range []*fortigate{w.open("edge", "site-b", requestTimeout), w.open("other", owner, requestTimeout)} {
		if o := f.BlockAll(context.Background(), []entity.Target{host(1, "10.0.0.1")}); o[0].Err != nil {
			t.Fatal(o[0].Err)
		}
	}
	want := []blocker.Entry{
		{Element: "10.0.0.1", Class: entity.ClassSource, Owner: "foreign:site-a/other"},
		{Element: "10.0.0.1", Class: entity.ClassSource, Owner: owner},
		{Element: "10.0.0.1", Class: entity.ClassSource, Owner: "site-b"},
		{Element: "198.51.100.7", Class: entity.ClassDestination, Owner: owner},
		{Element: "bad.example.com", Class: entity.ClassDestination, Owner: owner},
	}
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error(diff)
	}
}

func TestGroupReadsTablesOfManyPages(t *testing.T) {
	w := newWorld(t, 1)
	w.change(w.gates[0], "fill", `{"count":2500,"prefix":"var-zz-"}`)
	rs := w.mustBlock(host(1, "10.0.0.1"))
	w.resetCounters()
	w.mustBlock(host(1, "10.0.0.1"))
	if got := w.requests(0, true); got != 0 {
		t.Errorf("%d writes for what is blocked already, want 0", got)
	}
	if got := w.entries(0); len(got) != 1 {
		t.Errorf("the list has %v, want the one", got)
	}
	w.mustUnblock(rs...)
	if got := len(w.holds(0).Addresses); got != 2500 {
		t.Errorf("%d addresses are left, want the 2500 foreign ones", got)
	}
}

func TestGroupReleasesFromTheGroupThatWasConfiguredBefore(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(3)...)
	w.change(w.gates[0], "create", object("firewall/addrgrp", `{"name":"New-Block","member":[{"name":"none"}]}`))
	w.settings.InternalGroup = "New-Block"
	w.fortigate = w.open("edge", owner, requestTimeout)
	for _, e := range w.entries(0) {
		if e.Inert == "" {
			t.Errorf("%+v is listed as acting, though the new group does not have it", e)
		}
	}
	w.mustBlock(hosts(3)...)
	if got := w.enforced(0, "New-Block"); len(got) != 3 {
		t.Errorf("%q act in the new group, want three", got)
	}
	w.mustUnblock(rs...)
	if got := append(w.enforced(0, "Internal-Block"), w.enforced(0, "New-Block")...); len(got) != 0 || len(w.holds(0).Addresses) != 0 {
		t.Errorf("%q still act, and there are %v", got, w.holds(0).Addresses)
	}
}

func TestGroupRestoresAnObjectThatSomebodyChanged(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(hosts(1)...)
	var name string
	for name = range w.holds(0).Addresses {
		w.change(w.gates[0], "update", fmt.Sprintf(`{"table":"firewall/address","name":%q,"object":{"subnet":"10.9.9.9/32"}}`, name))
	}
	want := []blocker.Entry{{Element: "10.9.9.9", Class: entity.ClassSource, Owner: "foreign:somebody changed " + name}}
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error(diff)
	}
	w.mustBlock(hosts(1)...)
	if diff := cmp.Diff([]string{"10.0.0.1 255.255.255.255"}, w.enforced(0, "Internal-Block")); diff != "" {
		t.Error(diff)
	}
}

func TestGroupLeavesAnObjectOfItsNameThatSomebodyMade(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(1)...)
	var name string
	for name = range w.holds(0).Addresses {
		w.change(w.gates[0], "update", fmt.Sprintf(
			`{"table":"firewall/address","name":%q,"object":{"subnet":"10.9.9.9/32","comment":"mine now"}}`, name))
	}
	want := []blocker.Entry{{Element: "10.9.9.9", Class: entity.ClassSource, Owner: "foreign:unmarked"}}
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error(diff)
	}
	o := w.BlockAll(context.Background(), hosts(1))[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || len(o.Receipt.Elements) != 1 || !strings.Contains(o.Err.Error(), name) {
		t.Errorf("got %+v, want a permanent error that names the object, and the object in the receipt", o)
	}
	w.mustUnblock(rs...)
	if got := w.holds(0).Addresses[name].Comment; got != "mine now" {
		t.Errorf("the object of somebody else is gone: %q", got)
	}
}

// The predecessor kept its static destinations in a file: no tag says that they are adopted.
func TestWhatThePredecessorLeftGoesOnlyWhenItIsTakenOver(t *testing.T) {
	for _, takeOver := range []bool{false, true} {
		w := newWorld(t, 1, func(s *settings, _ *lab.FortiGateConfig) { s.TakeOver = takeOver })
		for name, more := range map[string]string{"198.51.100.7": "", "198.51.100.8": `,"comment":"an admin's"`} {
			w.change(w.gates[0], "create", object("firewall/address", fmt.Sprintf(
				`{"name":%q,"type":"iprange","start-ip":%q,"end-ip":%q%s}`, name, name, name, more)))
			w.change(w.gates[0], "add-members", fmt.Sprintf(`{"group":"External-Block","members":[%q]}`, name))
		}
		w.mustUnblock(w.mustBlock(static("198.51.100.7"), static("198.51.100.8"))...)
		want := []string{"198.51.100.7-198.51.100.7", "198.51.100.8-198.51.100.8"}
		if takeOver {
			want = want[1:]
		}
		if diff := cmp.Diff(want, w.enforced(0, "External-Block")); diff != "" {
			t.Errorf("take_over = %v: %s", takeOver, diff)
		}
		for _, e := range w.entries(0) {
			if e.Owner != "foreign:unmarked" {
				t.Errorf("%+v is listed as ours", e)
			}
		}
	}
}

func TestGroupDoesNotTakeAShardThatIsSomebodyElses(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(hosts(1)...)
	shard := w.holds(0).Groups["Internal-Block"][1]
	w.change(w.gates[0], "update", fmt.Sprintf(`{"table":"firewall/addrgrp","name":%q,"object":{"comment":"mine now"}}`, shard))
	before := w.holds(0).Groups[shard]
	o := w.BlockAll(context.Background(), []entity.Target{host(9, "10.0.9.9")})[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || !strings.Contains(o.Err.Error(), shard) {
		t.Errorf("got %v, want a permanent error that names the group", o.Err)
	}
	if diff := cmp.Diff(before, w.holds(0).Groups[shard]); diff != "" {
		t.Error(diff)
	}
}

func TestGroupEndsTheMembershipOfAnObjectThatLostItsMark(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(1)...)
	for name := range w.holds(0).Addresses {
		w.change(w.gates[0], "update", fmt.Sprintf(`{"table":"firewall/address","name":%q,"object":{"comment":"mine now"}}`, name))
	}
	w.mustUnblock(rs...)
	if got := w.enforced(0, "Internal-Block"); len(got) != 0 {
		t.Errorf("%q still act", got)
	}
	if got := len(w.holds(0).Addresses); got != 1 {
		t.Errorf("%d objects are left, want the one that bears somebody else's comment", got)
	}
}
