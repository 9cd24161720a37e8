package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func TestBUG11EveryKindIsBlockedAndReleased(t *testing.T) {
	cases := map[string]struct {
		target entity.Target
		want   []string
	}{
		"host":      {host("10.2.3.4"), []string{"10.2.3.4 Block_Host"}},
		"account":   {account("JDoe@example.net"), []string{`example\jdoe Block_Account`}},
		"detection": {detection("198.51.100.7", "203.0.113.9"), []string{"198.51.100.7 Block_Detection", "203.0.113.9 Block_Detection"}},
		"static":    {static("198.51.100.0/24"), []string{"198.51.100.0/24 Block_Detection"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
			b := e.open(nil)
			rs := e.mustBlock(b, c.target)
			for n := range e.sims {
				if diff := cmp.Diff(c.want, e.holds(n)); diff != "" {
					t.Errorf("firewall %d holds (-want +got)\n%s", n, diff)
				}
			}
			e.mustBlock(b, c.target)
			e.mustUnblock(b, rs...)
			e.mustUnblock(b, rs...)
			for n := range e.sims {
				if got := e.holds(n); got != nil {
					t.Errorf("firewall %d still holds %v", n, got)
				}
			}
		})
	}
}

func TestBUG18IPv6HostIsBlocked(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	rs := e.mustBlock(b, host("2001:DB8:0:0::7"))
	if diff := cmp.Diff([]string{"2001:db8::7 Block_Host"}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
	e.mustUnblock(b, rs...)
	if got := e.holds(0); got != nil {
		t.Errorf("still holds %v", got)
	}
}

func TestTagsOfOthersStay(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	e.change(0, "tag", map[string]any{"ip": "10.2.3.4", "tags": []string{"theirs"}})
	e.change(0, "tag", map[string]any{"user": `example\jdoe`, "tags": []string{"theirs"}})
	b := e.open(nil)
	e.mustUnblock(b, e.mustBlock(b, host("10.2.3.4"), account("jdoe@example.net"))...)
	if diff := cmp.Diff([]string{"10.2.3.4 theirs", `example\jdoe theirs`}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestOneAddressInTwoClassesIsTwoBlocks(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	rs := e.mustBlock(b, host("198.51.100.7"), static("198.51.100.7"))
	e.mustUnblock(b, rs[0])
	if diff := cmp.Diff([]string{"198.51.100.7 Block_Detection"}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestBlocksOfThePredecessorAreReleasedWhereTheyAre(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	e.change(0, "tag", map[string]any{"ip": "10.2.3.4", "tags": []string{"Block_Host", "theirs"}})
	e.change(0, "tag", map[string]any{"ip": "198.51.100.7", "tags": []string{"Block_Detection"}})
	b := e.open(nil)
	e.mustUnblock(b,
		blocker.Release{Target: host("10.9.9.9"), Receipt: blocker.Receipt{Elements: []string{"10.2.3.4"}, Adopted: true}},
		blocker.Release{Target: detection(), Receipt: blocker.Receipt{Elements: []string{"198.51.100.7"}, Adopted: true}},
	)
	if diff := cmp.Diff([]string{"10.2.3.4 theirs"}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestReceiptThatWasLostIsDerivedFromTheTarget(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.mustBlock(b, host("10.2.3.4"))
	e.mustUnblock(b, blocker.Release{Target: host("10.2.3.4")})
	if got := e.holds(0); got != nil {
		t.Errorf("still holds %v", got)
	}
	orphan := blocker.Release{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}}
	if err := b.UnblockAll(t.Context(), []blocker.Release{orphan})[0]; blocker.ClassOf(err) != blocker.Permanent {
		t.Errorf("release of nothing that is known: %v, want class permanent", err)
	}
	orphan.Receipt.Elements = []string{"10.2.3.4"}
	e.mustBlock(b, host("10.2.3.4"))
	e.mustUnblock(b, orphan)
	if got := e.holds(0); got != nil {
		t.Errorf("still holds %v", got)
	}
}

func TestWhatPANOSCannotHoldIsUnsupportedAndTheRestIsBlocked(t *testing.T) {
	cases := map[string]struct {
		version string
		target  entity.Target
		held    []string
		refused []string
	}{
		"domain and IPv6 network": {"10.1.0", detection("198.51.100.7", "evil.example", "2001:db8::/64"), []string{"198.51.100.7 Block_Detection"}, []string{"2001:db8::/64", "evil.example"}},
		"network before 10.0":     {"9.1.0", detection("198.51.100.7", "203.0.113.0/24"), []string{"198.51.100.7 Block_Detection"}, []string{"203.0.113.0/24"}},
		"range before 10.0":       {"9.1.0", static("203.0.113.1-203.0.113.9"), nil, []string{"203.0.113.1-203.0.113.9"}},
		"account before 9.1":      {"9.0.4-h2", account("jdoe@example.net"), nil, []string{`example\jdoe`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{Version: c.version})
			b := e.open(nil)
			out := b.BlockAll(t.Context(), []entity.Target{c.target})[0]
			if diff := cmp.Diff(c.held, e.holds(0)); diff != "" {
				t.Errorf("held (-want +got)\n%s", diff)
			}
			var refused []string
			for _, one := range entity.Errors(out.Err) {
				if one.Class == blocker.Unsupported {
					refused = append(refused, one.Element)
				}
			}
			if diff := cmp.Diff(c.refused, refused); diff != "" || !entity.OnlySoft(out.Err) {
				t.Errorf("%v refuses (-want +got)\n%s", out.Err, diff)
			}
			everything := blocker.Release{Target: c.target, Receipt: blocker.Receipt{Elements: c.refused}}
			e.mustUnblock(b, everything)
		})
	}
}

func TestRangesAndNetworksFromRelease10(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Version: "10.0.0"})
	b := e.open(nil)
	rs := e.mustBlock(b, static("203.0.113.1-203.0.113.9"), static("198.51.100.7/24"), static("192.0.2.1/32"))
	want := []string{"192.0.2.1 Block_Detection", "198.51.100.0/24 Block_Detection", "203.0.113.1-203.0.113.9 Block_Detection"}
	if diff := cmp.Diff(want, e.holds(0)); diff != "" {
		t.Error(diff)
	}
	e.mustUnblock(b, rs...)
	if got := e.holds(0); got != nil {
		t.Errorf("still holds %v", got)
	}
}

func TestVersionThatIsConfiguredIsNotAsked(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Version: "10.1.0"})
	b := e.open(func(s *settings) { s.Devices[0].Release = "9.1" })
	out := b.BlockAll(t.Context(), []entity.Target{static("198.51.100.0/24")})[0]
	if blocker.ClassOf(out.Err) != blocker.Unsupported || e.requests(0) != 0 {
		t.Errorf("%v after %v, want unsupported without a request", out.Err, e.ends[0].Requests())
	}
}

func TestTargetsWithoutAddressOrNameDoNotStopTheOthers(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	outcomes := b.BlockAll(t.Context(), []entity.Target{
		host(""), host("not an address"), host("10.2.3.4"), account(""), {Ref: entity.Ref{Kind: entity.KindAccount}},
	})
	want := []blocker.ErrorClass{blocker.Absent, blocker.Permanent, "", blocker.Absent, blocker.Absent}
	for i, o := range outcomes {
		if got := blocker.ClassOf(o.Err); got != want[i] {
			t.Errorf("target %d: %v, want class %q", i, o.Err, want[i])
		}
	}
	if diff := cmp.Diff([]string{"10.2.3.4 Block_Host"}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestBlocksExpireAndAreRenewed(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	target := host("10.2.3.4")
	for range 3 {
		out := b.BlockAll(t.Context(), []entity.Target{target})[0]
		if out.Err != nil || !out.Receipt.Until.Equal(noon.Add(e.ahead+time.Hour)) {
			t.Fatalf("%+v, want until an hour from %s", out, e.ahead)
		}
		if got := e.remaining(0, "10.2.3.4", "Block_Host"); got != time.Hour {
			t.Fatalf("%s remain, want an hour", got)
		}
		e.pass(40 * time.Minute)
	}
	e.pass(time.Hour)
	if got := e.holds(0); got != nil {
		t.Errorf("%v outlived its timeout", got)
	}
}

func TestTimeoutOfAnAccountIsRenewed(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	e.mustBlock(b, account("jdoe@example.net"))
	e.pass(40 * time.Minute)
	e.mustBlock(b, account("jdoe@example.net"))
	e.pass(40 * time.Minute)
	if diff := cmp.Diff([]string{`example\jdoe Block_Account`}, e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestElementThatTwoTargetsShareIsSentOnce(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	rs := e.mustBlock(b, static("198.51.100.7"), detection("198.51.100.7", "198.51.100.8"))
	e.mustUnblock(b, rs...)
	if got := e.holds(0); got != nil {
		t.Errorf("still holds %v", got)
	}
}

func TestRenewalCountsTwiceInAMessage(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout, s.Batch = time.Hour, 10 })
	e.mustBlock(b, hosts(20)...)
	if got := e.ends[0].Requests()["register+unregister"]; got != 4 {
		t.Errorf("%v, want 4 messages of 5 pairs", e.ends[0].Requests())
	}
}

func TestReleaseThatKnowsNoTimeoutsPromisesNoEnd(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Version: "8.1.0"})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	out := b.BlockAll(t.Context(), []entity.Target{host("10.2.3.4")})[0]
	if out.Err != nil || !out.Receipt.Until.IsZero() {
		t.Errorf("%+v, want a block without end", out)
	}
}

func TestRebootForgetsOnlyWhatIsNotPersistent(t *testing.T) {
	for _, persistent := range []bool{true, false} {
		t.Run(fmt.Sprint(persistent), func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			b := e.open(func(s *settings) { s.Persistent = persistent })
			e.mustBlock(b, host("10.2.3.4"))
			e.change(0, "reboot", nil)
			inventory, _ := b.List(t.Context())
			if kept := len(inventory[0].Entries) == 1; inventory[0].Err != nil || kept != persistent {
				t.Errorf("the list shows %+v after the reboot, want kept: %v", inventory, persistent)
			}
			e.mustBlock(b, host("10.2.3.4"))
			if diff := cmp.Diff([]string{"10.2.3.4 Block_Host"}, e.holds(0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCeilingIsKeptAndWhatIsBlockedStaysBlockable(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	e.change(0, "fill", map[string]any{"count": 8, "tags": []string{"theirs"}})
	b := e.open(func(s *settings) { s.Capacity = 10 })
	targets := hosts(5)
	for range 2 {
		outcomes := b.BlockAll(t.Context(), targets)
		for i, o := range outcomes {
			fits := i < 2
			if (o.Err == nil) != fits || o.Receipt.Empty() == fits || (!fits && blocker.ClassOf(o.Err) != blocker.Capacity) {
				t.Errorf("host %d: %+v, want it to fit: %v", i, o, fits)
			}
		}
		if got := len(e.holds(0)); got != 10 {
			t.Errorf("%d entries, want the 10 of the ceiling", got)
		}
	}
	mixed := b.BlockAll(t.Context(), []entity.Target{account("jdoe@example.net"), host("10.2.3.4")})
	if mixed[0].Err != nil || blocker.ClassOf(mixed[1].Err) != blocker.Capacity {
		t.Errorf("%+v, want the user blocked, who takes no address", mixed)
	}
}

func TestFullTableOfTheDeviceRefusesTheOverflowOnly(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Capacity: 3})
	b := e.open(nil)
	for i, o := range b.BlockAll(t.Context(), hosts(5)) {
		fits := i < 3
		if (o.Err == nil) != fits || o.Receipt.Empty() == fits || (!fits && blocker.ClassOf(o.Err) != blocker.Capacity) {
			t.Errorf("host %d: %+v, want it to fit: %v", i, o, fits)
		}
	}
}

func TestVirtualSystemsAreApart(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{VSYS: []string{"vsys1", "vsys2"}})
	b := e.open(func(s *settings) { s.Devices[0].Vsys = "vsys2" })
	e.mustBlock(b, host("10.2.3.4"))
	for _, d := range e.sims[0].Holds().Devices {
		if diff := cmp.Diff([]string{"10.2.3.4 Block_Host"}, pairsOf(d.VSYS["vsys2"])); diff != "" {
			t.Error(diff)
		}
		if got := pairsOf(d.VSYS["vsys1"]); got != nil {
			t.Errorf("vsys1 holds %v", got)
		}
	}
	nowhere := e.open(func(s *settings) { s.Devices[0].Vsys = "vsys9" })
	if out := nowhere.BlockAll(t.Context(), hosts(1))[0]; out.Err == nil || !out.Receipt.Empty() {
		t.Errorf("an unknown vsys: %+v, want an error and nothing there", out)
	}
}

func TestRequestsGrowWithMessagesAndNotWithTargets(t *testing.T) {
	for _, c := range []struct{ n, block, unblock int }{
		{100, 2, 1},
		{1000, 11, 10},
	} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			b := e.open(func(s *settings) { s.Batch = 100 })
			rs := e.mustBlock(b, hosts(c.n)...)
			if got := e.requests(0); got != c.block {
				t.Errorf("block: %v, want %d requests", e.ends[0].Requests(), c.block)
			}
			if _, err := b.firewalls[0].version(t.Context()); err != nil {
				t.Fatal(err)
			}
			e.ends[0].ResetCounters()
			if _, err := b.List(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := e.requests(0); got != c.n/500+4 {
				t.Errorf("list: %v, want %d requests", e.ends[0].Requests(), c.n/500+4)
			}
			e.ends[0].ResetCounters()
			e.mustUnblock(b, rs...)
			if got := e.requests(0); got != c.unblock {
				t.Errorf("unblock: %v, want %d requests", e.ends[0].Requests(), c.unblock)
			}
			if got := e.holds(0); got != nil {
				t.Errorf("still holds %d", len(got))
			}
		})
	}
}
