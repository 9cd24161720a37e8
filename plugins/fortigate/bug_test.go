package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// The predecessor's defects that this plugin could have had. The numbered ones are those of the
// list of defects; the prose ones (what its FortiGate client did wrong) follow, by what they did.

func TestBUG15OneFirewallDownDoesNotKeepTheOthersFromBlocking(t *testing.T) {
	w := newWorld(t, 2)
	w.ends[0].Down(true)
	for i, o := range w.BlockAll(context.Background(), hosts(5)) {
		if o.Err == nil || !strings.Contains(o.Err.Error(), "fw1") {
			t.Errorf("host %d: %v, want an error that names fw1", i, o.Err)
		}
		if len(o.Receipt.Elements) != 1 {
			t.Errorf("host %d: receipt %v, want what is on fw2", i, o.Receipt)
		}
	}
	if got := len(w.enforced(1, "Internal-Block")); got != 5 {
		t.Fatalf("%d hosts are blocked on the firewall that is up, want 5", got)
	}
	w.ends[0].Down(false)
	w.mustBlock(hosts(5)...)
	if got := len(w.enforced(0, "Internal-Block")); got != 5 {
		t.Errorf("%d hosts are blocked on the firewall that came back, want 5", got)
	}
}

func TestBUG16ARefusedWriteIsNoBlock(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden, http.StatusUnauthorized, http.StatusNotFound, http.StatusFailedDependency} {
		for _, call := range []string{"POST address", "POST addrgrp/member", "POST addrgrp"} {
			w := newWorld(t, 1)
			w.fault(0, lab.Fault{Match: call, What: lab.AnswerStatus, Status: status, Times: 1, Body: `{"status":"error","error":-7}`})
			o := w.BlockAll(context.Background(), hosts(1))[0]
			if acts := len(w.enforced(0, "Internal-Block")) == 1; o.Err == nil && !acts {
				t.Errorf("%s answered %d: told as blocked, and nothing acts", call, status)
			}
			w.mustBlock(hosts(1)...)
			if got := len(w.enforced(0, "Internal-Block")); got != 1 {
				t.Errorf("%s answered %d: %d act after the next block, want 1", call, status, got)
			}
		}
	}
}

func TestBUG18IPv6HostsAreBlocked(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(host(1, "2001:db8::9"))
	if diff := cmp.Diff([]string{"2001:db8::9/128"}, w.enforced(0, "Internal-Block6")); diff != "" {
		t.Error(diff)
	}
	w.change(w.gates[0], "delete", `{"table":"firewall/addrgrp6","name":"External-Block6"}`)
	o := w.BlockAll(context.Background(), []entity.Target{detection(2, "2001:db8::8", "198.51.100.7")})[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || !strings.Contains(o.Err.Error(), "External-Block6") {
		t.Errorf("got %v, want a permanent error that names the missing group", o.Err)
	}
	if diff := cmp.Diff([]string{"198.51.100.7"}, o.Receipt.Elements); diff != "" {
		t.Error("the receipt:", diff)
	}
}

func TestBUG23ANewAddressIsTold(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(host(1, "10.0.0.1"))
	moved := host(1, "10.0.0.2")
	elements, err := w.Elements(context.Background(), moved)
	if err != nil || cmp.Equal(elements, rs[0].Receipt.Elements) {
		t.Fatalf("elements %q, %v: want the new address", elements, err)
	}
	w.mustBlock(moved)
	w.mustUnblock(blocker.Release{Target: moved, Receipt: rs[0].Receipt})
	if diff := cmp.Diff([]string{"10.0.0.2 255.255.255.255"}, w.enforced(0, "Internal-Block")); diff != "" {
		t.Error(diff)
	}
}

// Defect 1: address calls ignored the TLS setting.
func TestBUG26EveryCallVerifiesTheCertificate(t *testing.T) {
	for mode, c := range calls {
		w := newWorld(t, 1, inMode(mode))
		rs := w.mustBlock(someTarget(mode))
		w.settings.Device[0].CAFile = ""
		f := w.open("edge", owner, requestTimeout)
		w.resetCounters()
		ctx := context.Background()
		errs := append(f.UnblockAll(ctx, rs), f.BlockAll(ctx, []entity.Target{someTarget(mode)})[0].Err)
		inventories, _ := f.List(ctx)
		errs = append(errs, inventories[0].Err)
		for _, check := range f.Probe(ctx)[0].Checks {
			errs = append(errs, check.Err)
		}
		for _, err := range errs {
			if err == nil || !strings.Contains(err.Error(), "ca_file") {
				t.Errorf("%s: %v, want an error that says which setting cures it", mode, err)
			}
		}
		if got := w.requests(0, true) + w.requests(0, false); got != 0 {
			t.Errorf("%s: %d requests reached a device whose certificate does not verify (%v)", mode, got, c.block)
		}
	}
}

// Defect 2: members were appended without looking, and stood in the list twice.
func TestProse2AMemberStandsInTheGroupOnce(t *testing.T) {
	w := newWorld(t, 1)
	w.change(w.gates[0], "set", `{"duplicate_member_ok":true}`)
	w.mustBlock(host(1, "10.0.0.1"), host(2, "10.0.0.1"))
	w.mustBlock(host(3, "10.0.0.1"))
	for name, members := range w.holds(0).Groups {
		if got := slices.Compact(slices.Sorted(slices.Values(members))); len(got) != len(members) {
			t.Errorf("group %s has %q", name, members)
		}
	}
}

// Defect 3: only HTTP 500 counted as a failure; see TestBUG16 and the table of troubles.
func TestProse3EveryRefusalOfAMemberIsAFailure(t *testing.T) {
	for _, status := range []int{201, 204, 400, 401, 403, 404, 405, 413, 424, 429, 500, 503} {
		w := newWorld(t, 1)
		w.fault(0, lab.Fault{Match: "POST addrgrp/member", What: lab.AnswerStatus, Status: status})
		if o := w.BlockAll(context.Background(), hosts(1))[0]; o.Err == nil {
			t.Errorf("HTTP %d to the member call counts as blocked", status)
		}
	}
}

// Defect 4: any answer but 404 to the first read counted as "the address exists".
func TestProse4AFailedReadIsNotAnExistingObject(t *testing.T) {
	for _, status := range []int{401, 403, 424, 500, 503} {
		w := newWorld(t, 1)
		w.mustBlock(hosts(1)...)
		w.resetCounters()
		w.fault(0, lab.Fault{Match: "GET address", What: lab.AnswerStatus, Status: status})
		o := w.BlockAll(context.Background(), hosts(1))[0]
		if o.Err == nil || w.requests(0, true) != 0 {
			t.Errorf("HTTP %d to the read: error %v and %d writes, want an error and none", status, o.Err, w.requests(0, true))
		}
	}
}

// Defect 5: one failing firewall was only logged, and all addresses returned as blocked. See TestBUG15.
func TestProse5TheErrorNamesEachDeviceThatDidNotConfirm(t *testing.T) {
	w := newWorld(t, 3)
	w.fault(0, lab.Fault{What: lab.AnswerStatus, Status: http.StatusForbidden})
	w.ends[2].Down(true)
	o := w.BlockAll(context.Background(), hosts(1))[0]
	devices := map[string]blocker.ErrorClass{}
	for _, e := range entity.Errors(o.Err) {
		devices[e.Device] = e.Class
	}
	want := map[string]blocker.ErrorClass{"fw1": blocker.Unauthorized, "fw3": blocker.Transient}
	if diff := cmp.Diff(want, devices); diff != "" {
		t.Error(diff)
	}
}

// Defect 6: unblocking failed when the address was used elsewhere (see TestGroupLeavesAnObjectThatIsUsedElsewhere),
// when the group became empty, and when it was done twice.
func TestProse6UnblockingTwiceSucceeds(t *testing.T) {
	for _, version := range []string{"v7.0.14", "v7.4.5"} {
		w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) { c.Version = version })
		rs := w.mustBlock(hosts(3)...)
		w.mustUnblock(rs...)
		w.mustUnblock(rs...)
		if got := w.holds(0).Addresses; len(got) != 0 {
			t.Errorf("%s: %v are left", version, got)
		}
	}
}

// Defect 7: IPv4 addresses only. See TestGroupHoldsEveryFormOfElement and TestBUG18.
func TestProse7ANetworkIsOneElementAndKeepsItsLength(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(static("198.51.100.0/25"), static("198.51.100.0"))
	w.mustUnblock(rs[1])
	if diff := cmp.Diff([]string{"198.51.100.0 255.255.255.128"}, w.enforced(0, "External-Block")); diff != "" {
		t.Error(diff)
	}
}

// Defect 8: the internal and the external group shared the names of addresses.
func TestProse8TheGroupsOfTwoClassesShareNoObject(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(host(1, "198.51.100.7"), detection(2, "198.51.100.7"))
	if got := len(w.holds(0).Addresses); got != 2 {
		t.Errorf("%d objects for two classes, want 2", got)
	}
	w.mustUnblock(rs[0])
	if diff := cmp.Diff([]string{"198.51.100.7 255.255.255.255"}, w.enforced(0, "External-Block")); diff != "" {
		t.Error("the release of the host lifted the detection's block:", diff)
	}
	if got := w.enforced(0, "Internal-Block"); len(got) != 0 {
		t.Errorf("%q still act as a source", got)
	}
}

// Defect 9: the older script made missing groups itself, in no policy, and told of a block.
func TestProse9AMissingGroupIsAnErrorAndIsNotMade(t *testing.T) {
	w := newWorld(t, 1)
	w.change(w.gates[0], "delete", `{"table":"firewall/addrgrp","name":"Internal-Block"}`)
	o := w.BlockAll(context.Background(), hosts(1))[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || !strings.Contains(o.Err.Error(), `create it with the member "none"`) {
		t.Errorf("got %v, want a permanent error with the cure", o.Err)
	}
	if state := w.holds(0); len(state.Addresses) != 0 || len(state.Groups) != 1 {
		t.Errorf("the device has %+v, want nothing new", state)
	}
}

// Defect 10: the FortiManager client wrote one member over the whole list, never removed a member before
// its address, and checked no status.
func TestProse10AMemberIsRemovedBeforeItsObjectAndTheOthersStay(t *testing.T) {
	w := newWorld(t, 1)
	rs := w.mustBlock(hosts(20)...)
	w.mustUnblock(rs[7])
	if got := len(w.enforced(0, "Internal-Block")); got != 19 {
		t.Errorf("%d act, want 19", got)
	}
	for _, e := range w.ends[0].Last(100) {
		if e.Method == http.MethodPut {
			t.Errorf("%s %s writes a whole object", e.Method, e.Path)
		}
		if e.Status == http.StatusInternalServerError {
			t.Errorf("%s %s was refused, so the order is wrong", e.Method, e.Path)
		}
	}
	if got := fmt.Sprint(w.holds(0).Groups["Internal-Block"][0]); got != "none" {
		t.Errorf("the placeholder is gone: %s", got)
	}
}
