package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/lab"
)

// shards are the nested groups, nested or not, that were not there before ours.
func (w *world) shards() []string {
	return slices.DeleteFunc(keys(w.holds(0).Groups), func(name string) bool { return !strings.Contains(name, infix) || slices.Contains(w.alien, name) })
}

func (w *world) member(group, name string) {
	w.t.Helper()
	w.change(w.gates[0], "add-members", fmt.Sprintf(`{"group":%q,"members":[%q]}`, group, name))
}

func (w *world) noMember(group, name string) {
	w.t.Helper()
	w.change(w.gates[0], "remove-members", fmt.Sprintf(`{"group":%q,"members":[%q]}`, group, name))
}

// meanwhileMember has somebody put a member into a group just before a request.
func meanwhileMember(call string, skip int, group, name string) lab.Fault {
	return lab.Fault{
		Match: call, Skip: skip, Times: 1, What: lab.Concurrent, Op: "add-members",
		Args: fmt.Appendf(nil, `{"group":%q,"members":[%q]}`, group, name),
	}
}

func TestAReleaseLeavesNoNestedGroupBehind(t *testing.T) {
	w := inhabited(t)
	before := w.holds(0).Groups
	w.mustUnblock(w.mustBlock(hosts(9)...)...)
	if diff := cmp.Diff(before, w.holds(0).Groups); diff != "" {
		t.Error(diff)
	}
}

func TestAMemberThatComesWhileItsGroupIsTakenAwayStaysAndActs(t *testing.T) {
	for name, fault := range map[string]lab.Fault{
		"before it is taken out": meanwhileMember("DELETE addrgrp/member", 0, "", "theirs-00001"),
		"before the last look":   meanwhileMember("GET addrgrp", 1, "", "theirs-00001"),
	} {
		t.Run(name, func(t *testing.T) {
			w := inhabited(t)
			others := slices.Insert(w.othersActing(), 1, "theirs-00001")
			rs := w.mustBlock(hosts(3)...)
			shard := w.shards()[0]
			fault.Args = fmt.Appendf(nil, `{"group":%q,"members":["theirs-00001"]}`, shard)
			w.fault(0, fault)
			w.mustUnblock(rs...)
			if diff := cmp.Diff([]string{"none", "theirs-00001"}, w.holds(0).Groups[shard]); diff != "" {
				t.Error("members of the group:", diff)
			}
			if diff := cmp.Diff(others, w.othersActing()); diff != "" {
				t.Error("what acts of others:", diff)
			}
			if got := w.objects(); len(got) != 0 {
				t.Errorf("%q are left", got)
			}
		})
	}
}

// A run that died after it took the group out left the administrator's member without effect.
func TestAMemberInAGroupThatLostItsPlaceActsAgain(t *testing.T) {
	w := inhabited(t)
	others := slices.Insert(w.othersActing(), 1, "theirs-00001")
	rs := w.mustBlock(hosts(2)...)
	shard := w.shards()[0]
	w.member(shard, "theirs-00001")
	w.noMember("Internal-Block", shard)
	w.fault(0, lab.Fault{Match: "POST addrgrp/member", What: lab.Reset, Times: 1})
	if err := w.UnblockAll(t.Context(), rs)[0]; blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("%v while the group could not be put back, want a transient error", err)
	}
	w.mustUnblock(rs...)
	if diff := cmp.Diff(others, w.othersActing()); diff != "" {
		t.Error(diff)
	}
	if got := w.objects(); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
}

func TestANestedGroupThatIsUsedElsewhereStays(t *testing.T) {
	w := inhabited(t)
	rs := w.mustBlock(hosts(3)...)
	shard := w.shards()[0]
	w.change(w.gates[0], "create", object("firewall/addrgrp", fmt.Sprintf(`{"name":"Theirs","member":[{"name":%q}]}`, shard)))
	base := w.holds(0).Groups["Internal-Block"]
	w.mustUnblock(rs...)
	state := w.holds(0).Groups
	if diff := cmp.Diff([][]string{{shard}, {"none"}}, [][]string{state["Theirs"], state[shard]}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(base)), slices.Sorted(slices.Values(state["Internal-Block"]))); diff != "" {
		t.Error("the base group:", diff)
	}
	if got := w.objects(); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
}

// A device that does not let go of a nested group, or does not take it back, lets its members go.
func TestARefusalToMoveANestedGroupKeepsNoMemberIn(t *testing.T) {
	for name, fault := range map[string]lab.Fault{
		"to take it out": {Match: "DELETE addrgrp/member"},
		"to put it back": {Match: "POST addrgrp/member"},
		"to delete it":   {Match: "DELETE addrgrp", Skip: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := inhabited(t)
			rs := w.mustBlock(hosts(3)...)
			if fault.Match == "POST addrgrp/member" {
				shard := w.shards()[0]
				w.mustUnblock(rs[2])
				w.member(shard, "theirs-00001")
				w.noMember("Internal-Block", shard)
			}
			fault.What, fault.Status, fault.Body, fault.Times = lab.AnswerStatus, http.StatusInternalServerError, `{"status":"error","error":-7}`, 1
			w.fault(0, fault)
			w.mustUnblock(rs...)
			if got := w.objects(); len(got) != 0 {
				t.Errorf("%q are left", got)
			}
		})
	}
}

func TestANestedGroupThatSomebodyMakesTheirOwnStays(t *testing.T) {
	w := inhabited(t)
	rs := w.mustBlock(hosts(3)...)
	shard := w.shards()[0]
	w.fault(0, lab.Fault{
		Match: "GET addrgrp", Skip: 1, Times: 1, What: lab.Concurrent, Op: "update",
		Args: fmt.Appendf(nil, `{"table":"firewall/addrgrp","name":%q,"object":{"comment":"mine now"}}`, shard),
	})
	w.mustUnblock(rs...)
	if got := w.holds(0).Groups; !slices.Contains(got["Internal-Block"], shard) || len(w.objects()) != 0 {
		t.Errorf("%v, and %q are left; want the group in its place and no object of ours", got, w.objects())
	}
}

func TestAnObjectThatCannotBeMadeIsNoMemberOfTheNewGroup(t *testing.T) {
	w := newWorld(t, 1)
	w.fault(0, lab.Fault{Match: "POST address", What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-8}`, Times: 1})
	w.BlockAll(t.Context(), hosts(20))
	expect(t, "block", w.counted(), map[string]int{"GET addrgrp": 1, "POST address": 20, "POST addrgrp": 1, "POST addrgrp/member": 1})
	if got := len(w.oursActing()); got != 19 {
		t.Errorf("%d act, want 19", got)
	}
}

func TestTheBaseGroupIsNeverEmpty(t *testing.T) {
	for _, version := range []string{"v7.0.14", "v7.4.5"} {
		w := newWorld(t, 1, func(s *settings, c *lab.FortiGateConfig) { s.MemberLimit, c.Version = 4, version })
		rs := w.mustBlock(hosts(9)...)
		w.noMember("Internal-Block", "none")
		w.mustUnblock(rs...)
		if diff := cmp.Diff([]string{"none"}, w.holds(0).Groups["Internal-Block"]); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
}

func TestAFullGroupThatLostItsPlaceGetsItBack(t *testing.T) {
	w := inhabited(t)
	rs := w.mustBlock(hosts(6)...)
	before := w.shards()
	for _, shard := range before {
		w.noMember("Internal-Block", shard)
	}
	w.resetCounters()
	w.mustBlock(hosts(6)...)
	expect(t, "block again", w.counted(), map[string]int{"GET addrgrp": 1, "GET address": 1, "POST addrgrp/member": 2})
	if diff := cmp.Diff(before, w.shards()); diff != "" || len(w.oursActing()) != 6 {
		t.Errorf("%q act; groups: %s", w.oursActing(), diff)
	}
	for _, shard := range before {
		w.noMember("Internal-Block", shard)
	}
	w.mustUnblock(rs...)
	if got := append(w.shards(), w.objects()...); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
}

// What is half released must not come into force again because something else is blocked.
func TestABlockDoesNotBringBackWhatIsHalfReleased(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(3)...)
	w.fault(0, lab.Fault{Match: "GET addrgrp", Skip: 1, What: lab.AnswerStatus, Status: http.StatusInternalServerError, Times: 1})
	for i, err := range w.UnblockAll(t.Context(), rs) {
		if blocker.ClassOf(err) != blocker.Transient {
			t.Errorf("%s: %v, want a transient error", rs[i].Target.Ref, err)
		}
	}
	w.mustBlock(host(9, "10.9.9.9"))
	if got := w.oursActing(); len(got) != 1 {
		t.Errorf("%q act, want the one", got)
	}
}

func TestAnObjectThatIsDeletedMeanwhileKeepsNoOtherOut(t *testing.T) {
	w := newWorld(t, 1)
	targets := hosts(9)
	rs := w.mustBlock(targets...)
	gone := w.objectOf(targets[4].Host.IP)
	w.mustUnblock(rs...)
	w.fault(0, lab.Fault{
		Match: "POST addrgrp", What: lab.Concurrent, Times: 1, Op: "delete",
		Args: fmt.Appendf(nil, `{"table":"firewall/address","name":%q}`, gone),
	})
	for i, o := range w.BlockAll(t.Context(), targets) {
		if want := i == 4; (o.Err != nil) != want || (want && blocker.ClassOf(o.Err) != blocker.Transient) {
			t.Errorf("%s: %v", targets[i].Ref, o.Err)
		}
	}
	if got := len(w.oursActing()); got != 8 {
		t.Errorf("%d act, want 8", got)
	}
	w.mustBlock(targets...)
	if got := len(w.oursActing()); got != 9 {
		t.Errorf("%d act after the next block, want 9", got)
	}
}

func TestAGroupThatIsMadeMeanwhileIsUsedWhenItIsOurs(t *testing.T) {
	for _, ours := range []bool{true, false} {
		w := newWorld(t, 1)
		rs := w.mustBlock(hosts(3)...)
		shard := w.shards()[0]
		comment := w.gates[0].Holds().VDOMs["root"].Addresses[w.objects()[0]].Comment
		w.mustUnblock(rs...)
		if !ours {
			comment = "mine"
		}
		w.fault(0, lab.Fault{
			Match: "POST addrgrp", What: lab.Concurrent, Times: 1, Op: "create",
			Args: []byte(object("firewall/addrgrp", fmt.Sprintf(`{"name":%q,"comment":%q,"member":[{"name":"none"}]}`, shard, comment))),
		})
		for _, o := range w.BlockAll(t.Context(), hosts(3)) {
			if (o.Err == nil) != ours || (!ours && blocker.ClassOf(o.Err) != blocker.Permanent) {
				t.Errorf("a group of ours %v: %v", ours, o.Err)
			}
		}
		if got := len(w.oursActing()); (got == 3) != ours {
			t.Errorf("a group of ours %v: %d act", ours, got)
		}
	}
}

func TestEachNestedGroupActsAsSoonAsItsOwnObjectsAreThere(t *testing.T) {
	w := newWorld(t, 1, func(s *settings, _ *lab.FortiGateConfig) { s.MemberLimit = 11 })
	f, err := newFortigate(w.settings, blocker.Instance{Name: "edge", Owner: owner, Parallel: 1}, requestTimeout)
	if err != nil {
		t.Fatal(err)
	}
	defer f.devices[0].client.Close()
	w.fault(0, lab.Fault{Match: "POST address", Skip: 35, What: lab.AnswerStatus, Status: http.StatusUnauthorized})
	blocked := 0
	for _, o := range f.BlockAll(t.Context(), hosts(100)) {
		if o.Err == nil {
			blocked++
		}
	}
	if got := len(w.oursActing()); got != 30 || blocked != 30 {
		t.Errorf("%d act and %d are told so, want 30: the device stopped at the 36th object, and ten go into a group", got, blocked)
	}
}
