package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func forever(s *settings, _ *lab.FortiGateConfig) { s.Expiry = 0 }

func TestQuarantineBansUntilItExpires(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	rs := w.mustBlock(host(1, "10.2.3.4"), host(2, "2001:db8::9"))
	for _, r := range rs {
		if left := time.Until(r.Receipt.Until); left < 59*time.Minute || left > time.Hour {
			t.Errorf("%v lasts for %s, want an hour", r.Receipt.Elements, left)
		}
	}
	w.change(w.gates[0], "advance", `{"seconds":3601}`)
	if got := w.holds(0).Bans; len(got) != 0 {
		t.Errorf("after the expiry there are %v", got)
	}
	w.mustUnblock(rs...)
}

func TestQuarantineRenewsBySayingItAgain(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	w.change(w.gates[0], "ban", `{"ip":"10.2.3.4","seconds":600}`)
	r := w.mustBlock(host(1, "10.2.3.4"))[0]
	if left := time.Until(r.Receipt.Until); left < 59*time.Minute {
		t.Errorf("the ban lasts for %s, want an hour", left)
	}
	if got := w.holds(0).Bans; len(got) != 1 || got[0].Remaining < 3590 {
		t.Errorf("the device has %v, want one ban of an hour", got)
	}
}

func TestQuarantineWithoutEndIsNotWrittenTwice(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine), forever)
	r := w.mustBlock(host(1, "10.2.3.4"))[0]
	if !r.Receipt.Until.IsZero() {
		t.Errorf("the receipt ends at %s, want never", r.Receipt.Until)
	}
	w.resetCounters()
	w.mustBlock(host(1, "10.2.3.4"))
	if got := w.requests(0, true); got != 0 {
		t.Errorf("%d writes for a ban without end, want 0", got)
	}
}

func TestQuarantineLeavesForeignBans(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine), forever)
	g := w.gates[0]
	w.change(g, "ban", `{"ip":"10.0.0.1","source":"IPS"}`)
	w.change(g, "ban", `{"ip":"10.0.0.2","source":"DLP"}`)
	rs := w.mustBlock(host(1, "10.0.0.1"), host(2, "10.0.0.3"))
	w.change(g, "ban", `{"ip":"10.0.0.3","source":"AV"}`)
	want := []blocker.Entry{
		{Element: "10.0.0.1", Class: entity.ClassSource, Owner: "foreign:IPS"},
		{Element: "10.0.0.2", Class: entity.ClassSource, Owner: "foreign:DLP"},
		{Element: "10.0.0.3", Class: entity.ClassSource}, // without end, as an admin would ban it too
		{Element: "10.0.0.3", Class: entity.ClassSource, Owner: "foreign:AV"},
	}
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error(diff)
	}
	w.mustUnblock(rs...)
	w.change(g, "advance", `{"seconds":2}`)
	want = append(want[:2:2], want[3])
	if diff := cmp.Diff(want, w.entries(0)); diff != "" {
		t.Error("the device's own bans did not stay as they were:", diff)
	}
}

func TestABanOfAnotherLengthIsNotCalledOurs(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	until := w.mustBlock(host(1, "10.0.0.1"))[0].Receipt.Until
	if got := w.entries(0)[0].Until; !got.Equal(until) || got.IsZero() {
		t.Errorf("listed until %s, blocked until %s", got, until)
	}
	w.change(w.gates[0], "ban", `{"ip":"10.0.0.2"}`)
	w.change(w.gates[0], "ban", `{"ip":"10.0.0.3","seconds":600}`)
	var owners []string
	for _, e := range w.entries(0) {
		owners = append(owners, e.Element+" "+e.Owner)
	}
	if diff := cmp.Diff([]string{"10.0.0.1 " + owner, "10.0.0.2 ", "10.0.0.3 "}, owners); diff != "" {
		t.Error(diff)
	}
}

func TestQuarantineOfAThousandIsOneCall(t *testing.T) {
	for _, n := range []int{10, 100, 1000} {
		w := newWorld(t, 1, inMode(modeQuarantine))
		w.resetCounters()
		rs := w.mustBlock(hosts(n)...)
		if reads, writes := w.requests(0, false), w.requests(0, true); reads != 2 || writes != 1 {
			t.Errorf("block %d: %d reads and %d writes, want 2 and 1", n, reads, writes)
		}
		w.resetCounters()
		w.mustUnblock(rs...)
		if reads, writes := w.requests(0, false), w.requests(0, true); reads != 1 || writes != 1 {
			t.Errorf("unblock %d: %d reads and %d writes, want 1 and 1", n, reads, writes)
		}
		if got := w.holds(0).Bans; len(got) != 0 {
			t.Errorf("%d bans are left", len(got))
		}
	}
}

func TestQuarantineSaysWhatItCannotBan(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	o := w.BlockAll(context.Background(), []entity.Target{host(1, "10.0.0.0/24"), host(2, ""), host(3, "10.0.0.3")})
	if got := blocker.ClassOf(o[0].Err); got != blocker.Unsupported {
		t.Errorf("a network: class %q, want unsupported", got)
	}
	if got := blocker.ClassOf(o[1].Err); got != blocker.Absent {
		t.Errorf("a host without address: class %q, want absent", got)
	}
	if o[2].Err != nil || len(w.holds(0).Bans) != 1 {
		t.Errorf("the third host: %v, and %v banned; want it banned alone", o[2].Err, w.holds(0).Bans)
	}
}

func TestQuarantineSeesThatABanWasNotRenewed(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	w.change(w.gates[0], "advance", `{"seconds":-3000}`) // a clock far behind looks like a ban that ends soon
	o := w.BlockAll(context.Background(), []entity.Target{host(1, "10.0.0.1")})[0]
	if blocker.ClassOf(o.Err) != blocker.Permanent || len(o.Receipt.Elements) != 1 {
		t.Errorf("got %+v, want the element in the receipt and a permanent error", o)
	}
}
