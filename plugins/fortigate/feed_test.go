package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func TestFeedHoldsAddressesAndNetworks(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed))
	w.change(w.gates[0], "feed-add", `{"feed":"var-dst","entries":["192.0.2.77"]}`)
	rs := w.mustBlock(detection(1, "198.51.100.7", "2001:DB8::9"), static("203.0.113.0/24"))
	want := []string{"192.0.2.77", "198.51.100.7", "2001:db8::9", "203.0.113.0/24"}
	if diff := cmp.Diff(want, w.holds(0).Feeds["var-dst"].Valid); diff != "" {
		t.Error(diff)
	}
	w.resetCounters()
	w.mustBlock(detection(1, "198.51.100.7", "2001:DB8::9"))
	if got := w.requests(0, true); got != 0 {
		t.Errorf("%d writes for what is in the feed, want 0", got)
	}
	w.mustUnblock(rs...)
	if diff := cmp.Diff([]string{"192.0.2.77"}, w.holds(0).Feeds["var-dst"].Valid); diff != "" {
		t.Error("the rest of the feed did not stay:", diff)
	}
}

func TestFeedRemovesEverySpelling(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed))
	w.change(w.gates[0], "feed-add", `{"feed":"var-dst","entries":["2001:0DB8::0009","198.51.100.7/32"]}`)
	r := w.mustBlock(detection(1, "2001:db8::9", "198.51.100.7"))
	w.mustUnblock(r...)
	if got := w.holds(0).Feeds["var-dst"]; len(got.Valid)+len(got.Invalid) != 0 {
		t.Errorf("the feed still has %v", got)
	}
}

func TestFeedOfAThousandIsOneCall(t *testing.T) {
	for _, n := range []int{10, 100, 1000} {
		w := newWorld(t, 1, inMode(modeFeed))
		var ts []entity.Target
		for i := range n {
			ts = append(ts, static(fmt.Sprintf("198.18.%d.%d", i/200, i%200+1)))
		}
		w.resetCounters()
		rs := w.mustBlock(ts...)
		if reads, writes := w.requests(0, false), w.requests(0, true); reads != 2 || writes != 1 {
			t.Errorf("block %d: %d reads and %d writes, want 2 and 1", n, reads, writes)
		}
		w.resetCounters()
		w.mustUnblock(rs...)
		if reads, writes := w.requests(0, false), w.requests(0, true); reads != 1 || writes != 1 {
			t.Errorf("unblock %d: %d reads and %d writes, want 1 and 1", n, reads, writes)
		}
	}
}

func TestFeedSaysThatDomainsAreUnsupportedAndBlocksTheRest(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed))
	o := w.BlockAll(context.Background(), []entity.Target{detection(1, "bad.example.com", "198.51.100.7")})[0]
	if got := blocker.ClassOf(o.Err); got != blocker.Unsupported {
		t.Errorf("class %q, want unsupported", got)
	}
	if diff := cmp.Diff([]string{"198.51.100.7"}, o.Receipt.Elements); diff != "" {
		t.Error(diff)
	}
	elements, err := w.Elements(context.Background(), detection(1, "bad.example.com", "198.51.100.7"))
	if diff := cmp.Diff(o.Receipt.Elements, elements); diff != "" || err != nil {
		t.Error("grooming would move for ever:", diff, err)
	}
}

func TestFeedTellsWhatDoesNotAct(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed), func(_ *settings, c *lab.FortiGateConfig) { c.FeedLimit = 2 })
	w.change(w.gates[0], "feed-add", `{"feed":"var-dst","entries":["not-an-address"]}`)
	w.mustBlock(detection(1, "198.51.100.7"))
	want := []blocker.Entry{
		{Element: "198.51.100.7", Class: entity.ClassDestination},
		{Element: "not-an-address", Class: entity.ClassDestination, Owner: "foreign:no address", Inert: "invalid: the device does not take this entry"},
	}
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error(diff)
	}
	o := w.BlockAll(context.Background(), []entity.Target{detection(2, "203.0.113.1", "203.0.113.2")})[0]
	if blocker.ClassOf(o.Err) != blocker.Capacity || len(o.Receipt.Elements) != 2 {
		t.Errorf("beyond the limit: %+v, want both in the receipt and a capacity error", o)
	}
	for _, e := range w.entries(0) {
		if !strings.HasPrefix(e.Inert, "overflow") && !strings.HasPrefix(e.Inert, "invalid") {
			t.Errorf("%s of a truncated feed is listed as acting", e.Element)
		}
	}
}

func TestFeedNeedsAFirmwareThatTakesPushes(t *testing.T) {
	w := newWorld(t, 1, inMode(modeFeed))
	w.change(w.gates[0], "set", `{"version":"v7.0.14"}`)
	o := w.BlockAll(context.Background(), []entity.Target{detection(1, "198.51.100.7")})[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || !strings.Contains(fmt.Sprint(o.Err), "7.2.1") || len(o.Receipt.Elements) != 0 {
		t.Errorf("got %+v, want a permanent error that names the version and an empty receipt", o)
	}
}
