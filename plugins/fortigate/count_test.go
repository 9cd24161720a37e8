package main

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// counted are the requests by kind to each device since the last call, which must be the same for all.
func (w *world) counted() map[string]int {
	w.t.Helper()
	first := w.ends[0].Requests()
	for i, e := range w.ends {
		if diff := cmp.Diff(first, e.Requests()); diff != "" {
			w.t.Errorf("device %d gets other requests than the first:\n%s", i+1, diff)
		}
		if got := e.InFlightMax(); got > 4 {
			w.t.Errorf("%d requests at once to device %d, want at most 4", got, i+1)
		}
	}
	w.resetCounters()
	return first
}

// inBatches blocks as the host does: a thousand at a time at most.
func (w *world) inBatches(ts []entity.Target) []blocker.Release {
	w.t.Helper()
	var rs []blocker.Release
	for ; len(ts) > 1000; ts = ts[1000:] {
		rs = append(rs, w.mustBlock(ts[:1000]...)...)
	}
	return append(rs, w.mustBlock(ts...)...)
}

func (w *world) releaseInBatches(rs []blocker.Release) {
	w.t.Helper()
	for ; len(rs) > 1000; rs = rs[1000:] {
		w.mustUnblock(rs[:1000]...)
	}
	w.mustUnblock(rs...)
}

// expect compares counts by kind; a kind that is expected 0 times is left out.
func expect(t *testing.T, what string, got, want map[string]int) {
	t.Helper()
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func pagesOf(n int) int { return n/1000 + 1 }

// TestRequestsOfAddressGroups states what each step costs a device, exactly: what grows with the elements is one write
// for each, and pages of a thousand objects. A nested group costs two writes, and a look before it is deleted. Of 1500
// in batches of 1000 the seventh group has elements of both: two join it one by one, and all six leave it so.
func TestRequestsOfAddressGroups(t *testing.T) {
	for _, tt := range []struct{ n, shards, joining, deleted, leaving int }{
		{15, 1, 0, 1, 0}, {150, 1, 0, 1, 0}, {249, 1, 0, 1, 0}, {250, 2, 0, 1, 1}, {1500, 7, 2, 6, 6},
	} {
		n, batches := tt.n, (tt.n+999)/1000
		if n > 1000 && testing.Short() {
			continue
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := newWorld(t, 2)
			rs := w.inBatches(hosts(n))
			expect(t, "block", w.counted(), map[string]int{
				"GET addrgrp": batches, "POST address": n, "POST addrgrp": tt.shards, "POST addrgrp/member": tt.shards + tt.joining,
			})
			objects := batches // of a few elements, by their names
			if n > 20 {
				objects = batches * pagesOf(n)
			}
			w.inBatches(hosts(n))
			expect(t, "block again", w.counted(), map[string]int{"GET addrgrp": batches, "GET address": objects})
			for range 2 {
				if got := len(w.entries(0)); got != n {
					t.Fatalf("%d entries, want %d", got, n)
				}
				expect(t, "list", w.counted(), map[string]int{
					"GET addrgrp": 1, "GET address": pagesOf(n), "GET addrgrp6": 1, "GET state": 1,
				})
			}
			w.releaseInBatches(rs)
			reads := 0
			for left := n; left > 0; left -= 1000 {
				reads += pagesOf(left)
			}
			if n <= 20 {
				reads = 1
			}
			expect(t, "release", w.counted(), map[string]int{
				"GET addrgrp": batches + tt.deleted, "GET address": reads,
				"DELETE addrgrp/member": tt.deleted + tt.leaving, "DELETE addrgrp": tt.deleted, "DELETE address": n,
			})
			if got := w.enforced(0, "Internal-Block"); len(got) != 0 || len(w.holds(0).Addresses) != 0 {
				t.Errorf("%d still act, and %d objects are left", len(got), len(w.holds(0).Addresses))
			}
		})
	}
}

// What joins others in a nested group, or leaves them there, is written alone: nobody else's membership is touched.
func TestRequestsOfAFewAmongOthers(t *testing.T) {
	for _, n := range []int{10, 100} {
		w := newWorld(t, 1)
		w.mustBlock(host(9999, "10.9.9.9"))
		w.resetCounters()
		rs := w.mustBlock(hosts(n)...)
		expect(t, "block", w.counted(), map[string]int{"GET addrgrp": 1, "POST address": n, "POST addrgrp/member": n})
		w.mustUnblock(rs...)
		expect(t, "release", w.counted(), map[string]int{
			"GET addrgrp": 1, "GET address": 1, "DELETE addrgrp/member": n, "DELETE address": n,
		})
	}
}

// What a crash or an admin left half done costs no read for each element either.
func TestRequestsOfAGroupThatLostItsShards(t *testing.T) {
	for _, n := range []int{30, 240} {
		w := newWorld(t, 1)
		w.mustBlock(hosts(n)...)
		for name := range w.holds(0).Groups {
			if strings.Contains(name, infix) {
				w.change(w.gates[0], "delete", fmt.Sprintf(`{"table":"firewall/addrgrp","name":%q,"force":true}`, name))
			}
		}
		w.resetCounters()
		w.mustBlock(hosts(n)...)
		got := w.counted()
		if got["GET address"] != 1 || got["GET addrgrp"] != 1 || got["POST addrgrp/member"] != 1 || got["POST address"] > 4 {
			t.Errorf("%d elements: %v; want one read of each table, and no more than 4 objects tried in vain", n, got)
		}
		if got := len(w.enforced(0, "Internal-Block")); got != n {
			t.Errorf("%d act, want %d", got, n)
		}
	}
}

const infix = "-var-"

// TestRequestsOfOneCall states that bans and feeds take one call for a batch, between two looks.
func TestRequestsOfOneCall(t *testing.T) {
	for mode, calls := range map[string]struct{ look, block, release string }{
		modeQuarantine: {"GET banned", "POST banned/add_users", "POST banned/clear_users"},
		modeFeed:       {"GET external-resource/entry-list", "POST external-resource/dynamic", "POST external-resource/dynamic"},
	} {
		for _, n := range []int{30, 300, 3000} {
			t.Run(fmt.Sprint(mode, n), func(t *testing.T) {
				w := newWorld(t, 2, inMode(mode))
				batches := (n + 999) / 1000
				targets := hosts(n)
				if mode == modeFeed {
					for i := range targets {
						targets[i] = static(fmt.Sprintf("198.%d.%d.%d", 18+i>>16, i>>8&255, i&255))
					}
				}
				rs := w.inBatches(targets)
				expect(t, "block", w.counted(), map[string]int{calls.look: 2 * batches, calls.block: batches})
				if got := len(w.entries(0)); got != n {
					t.Fatalf("%d entries, want %d", got, n)
				}
				expect(t, "list", w.counted(), map[string]int{calls.look: 1, "GET state": 1})
				w.releaseInBatches(rs)
				expect(t, "release", w.counted(), map[string]int{calls.look: batches, calls.release: batches})
				if w.remains(0) {
					t.Error("something is left")
				}
			})
		}
	}
}
