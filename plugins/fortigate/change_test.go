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

func TestAnAdminWhoChangesTheGroupMeanwhileLosesNothing(t *testing.T) {
	for _, call := range []string{"GET addrgrp", "GET address", "POST addrgrp", "POST addrgrp/member", "POST address"} {
		w := newWorld(t, 1)
		if call == "GET address" { // asked where something is blocked already
			w.mustBlock(hosts(1)...)
		}
		w.change(w.gates[0], "fill", `{"count":3,"prefix":"theirs-"}`)
		w.fault(0, lab.Fault{
			Match: call, What: lab.Concurrent, Times: 1, Op: "add-members",
			Args: []byte(`{"group":"Internal-Block","members":["theirs-00000","theirs-00001"]}`),
		})
		w.mustBlock(hosts(3)...)
		group := w.holds(0).Groups["Internal-Block"]
		if !slices.Contains(group, "theirs-00000") || !slices.Contains(group, "theirs-00001") {
			t.Errorf("%s: the admin's members are lost: %q", call, group)
		}
		if got := w.ours(0); got != 3 {
			t.Errorf("%s: %d of our addresses act, want 3", call, got)
		}
	}
}

// ours counts what the list shows as ours and acting.
func (w *world) ours(device int) int {
	n := 0
	for _, e := range w.entries(device) {
		if e.Owner == owner && e.Inert == "" {
			n++
		}
	}
	return n
}

func TestAnAdminWhoDeletesTheGroupMeanwhileIsTold(t *testing.T) {
	w := newWorld(t, 1)
	w.fault(0, lab.Fault{
		Match: "POST addrgrp/member", What: lab.Concurrent, Times: 1, Op: "delete",
		Args: []byte(`{"table":"firewall/addrgrp","name":"Internal-Block","force":true}`),
	})
	o := w.BlockAll(context.Background(), hosts(1))[0]
	if o.Err == nil {
		t.Fatal("no error although the group is gone")
	}
	o = w.BlockAll(context.Background(), hosts(1))[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || !strings.Contains(o.Err.Error(), `"Internal-Block" is not on the device`) {
		t.Errorf("got %v, want a permanent error that names the group", o.Err)
	}
	w.mustUnblock(blocker.Release{Target: hosts(1)[0], Receipt: blocker.Receipt{Elements: []string{"10.0.0.1"}}})
	if got := w.holds(0).Addresses; len(got) != 0 {
		t.Errorf("%v are left", got)
	}
}

func TestAFullDeviceIsACapacityErrorOfTheElementsThatDidNotFit(t *testing.T) {
	w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) { c.MemberLimit = 6 })
	act := 0
	for _, o := range w.BlockAll(context.Background(), hosts(10)) {
		if o.Err == nil {
			act++
			continue
		}
		if blocker.ClassOf(o.Err) != blocker.Capacity || len(o.Receipt.Elements) != 1 {
			t.Errorf("got %+v, want a capacity error, and the object that was made in the receipt", o)
		}
	}
	if got := len(w.enforced(0, "Internal-Block")); got != act || act != 5 {
		t.Errorf("%d were confirmed and %d act, want 5", act, got)
	}
}

func TestAReleaseWithAnEmptyReceiptIsDerivedFromTheTarget(t *testing.T) {
	for mode := range calls {
		w := newWorld(t, 1, inMode(mode))
		target := someTarget(mode)
		w.mustBlock(target)
		w.mustUnblock(blocker.Release{Target: target})
		if w.remains(0) {
			t.Errorf("%s: there is still %+v", mode, w.holds(0))
		}
		bare := entity.Target{Ref: entity.Ref{Kind: target.Kind}}
		err := w.UnblockAll(context.Background(), []blocker.Release{{Target: bare}})[0]
		if blocker.ClassOf(err) != blocker.Permanent {
			t.Errorf("%s: nothing to derive from: %v, want a permanent error", mode, err)
		}
		w.mustBlock(target)
		w.mustUnblock(blocker.Release{Target: bare, Receipt: blocker.Receipt{Elements: blocker.Addresses(target)}})
		if w.remains(0) {
			t.Errorf("%s: an orphan of which only the kind is known is still there", mode)
		}
	}
}

func TestAPartOfAReceiptLeavesTheRest(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(detection(1, "198.51.100.7", "198.51.100.8"))
	w.mustUnblock(blocker.Release{Target: detection(1, "198.51.100.7", "198.51.100.8"), Receipt: blocker.Receipt{Elements: []string{"198.51.100.8"}}})
	if diff := cmp.Diff([]string{"198.51.100.7 255.255.255.255"}, w.enforced(0, "External-Block")); diff != "" {
		t.Error(diff)
	}
}

func TestAnElementThatIsNoneIsNotSilentlyReleased(t *testing.T) {
	w := newWorld(t, 1)
	err := w.UnblockAll(context.Background(), []blocker.Release{{Target: host(1, ""), Receipt: blocker.Receipt{Elements: []string{"no element"}}}})[0]
	if blocker.ClassOf(err) != blocker.Permanent || !strings.Contains(fmt.Sprint(err), "no element") {
		t.Errorf("got %v, want a permanent error that names it", err)
	}
}

// liar answers a write as done without doing it.
func liar(call string) lab.Fault {
	return lab.Fault{Match: call, What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","http_status":200,"version":"v7.4.5"}`}
}

func TestADeviceThatSaysYesAndDoesNothingIsSeen(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed))
	w.fault(0, liar("POST external-resource/dynamic"))
	o := w.BlockAll(context.Background(), []entity.Target{detection(1, "198.51.100.7")})[0]
	if !o.Pending || o.Err != nil || len(o.Receipt.Elements) != 1 {
		t.Errorf("feed: %+v, want pending", o)
	}
	w = newWorld(t, 1, inMode(modeQuarantine))
	w.fault(0, liar("POST banned/add_users"))
	o = w.BlockAll(context.Background(), []entity.Target{host(1, "10.0.0.1")})[0]
	if blocker.ClassOf(o.Err) != blocker.Transient {
		t.Errorf("quarantine: %+v, want a transient error", o)
	}
}

func TestWhatKeepsAllElementsOffADeviceIsToldOnce(t *testing.T) {
	w := newWorld(t, 2)
	w.ends[0].Down(true)
	o := w.BlockAll(context.Background(), []entity.Target{detection(1, "198.51.100.7", "198.51.100.8", "198.51.100.9")})[0]
	if got := entity.Errors(o.Err); len(got) != 1 || got[0].Element != "" || got[0].Device != "fw1" {
		t.Errorf("got %d errors, %v; want one, of fw1 and no single element", len(got), o.Err)
	}
}

func TestAnAccountIsUnsupported(t *testing.T) {
	for mode := range calls {
		w := newWorld(t, 1, inMode(mode))
		account := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "1"}, Account: &entity.Account{UID: "a@b"}}
		o := w.BlockAll(context.Background(), []entity.Target{account})[0]
		if blocker.ClassOf(o.Err) != blocker.Unsupported || !entity.OnlySoft(o.Err) || w.requests(0, false) != 0 {
			t.Errorf("%s: %+v, want unsupported without a request", mode, o)
		}
	}
}

func TestABatchThatWaitsEndsWithItsContext(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(1)...)
	w.devices[0].turn <- struct{}{} // another batch has the device
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := w.BlockAll(ctx, hosts(1))[0]
	err := w.UnblockAll(ctx, rs)[0]
	if blocker.ClassOf(o.Err) != blocker.Transient || blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("block %v, unblock %v; want transient errors", o.Err, err)
	}
	<-w.devices[0].turn
}

func TestAnElementOfTwoReceiptsIsAdoptedWhenEitherIs(t *testing.T) {
	w := newWorld(t, 1)
	var rs []blocker.Release
	for i, adopted := range []bool{false, true, false} {
		rs = append(rs, blocker.Release{Target: host(i, "10.0.0.1"), Receipt: blocker.Receipt{Elements: []string{"10.0.0.1"}, Adopted: adopted}})
	}
	w.change(w.gates[0], "create", object("firewall/address", `{"name":"10.0.0.1","type":"iprange","start-ip":"10.0.0.1","end-ip":"10.0.0.1"}`))
	w.change(w.gates[0], "add-members", `{"group":"Internal-Block","members":["10.0.0.1"]}`)
	w.mustUnblock(rs...)
	if got := w.holds(0).Addresses; len(got) != 0 {
		t.Errorf("%v are left", got)
	}
}
