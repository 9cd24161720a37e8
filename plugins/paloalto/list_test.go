package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func TestListShowsWhatBearsOurTagsWithClassAndEnd(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.mustBlock(b, host("10.2.3.4"), static("198.51.100.0/24"), account("jdoe@example.net"))
	e.change(0, "tag", map[string]any{"ip": "10.9.9.9", "tags": []string{"block_host", "Block_Host2", "theirs"}})
	e.change(0, "tag", map[string]any{"user": "theirs", "tags": []string{"block_account"}})
	e.change(0, "tag", map[string]any{"ip": "10.2.3.5", "tags": []string{"theirs", "Block_Host"}, "timeout": 600})
	inventories, err := b.List(t.Context())
	want := []blocker.Inventory{{Device: "fw1", Serial: "007200001234", Booted: noon.AddDate(0, 0, -30), Entries: []blocker.Entry{
		{Element: "10.2.3.4", Class: entity.ClassSource},
		{Element: "10.2.3.5", Class: entity.ClassSource, Until: noon.Add(10 * time.Minute)},
		{Element: "198.51.100.0/24", Class: entity.ClassDestination},
		{Element: `example\jdoe`, Class: entity.ClassAccount},
	}}}
	byClass := cmpopts.SortSlices(func(a, b blocker.Entry) bool { return a.Element < b.Element })
	if diff := cmp.Diff(want, inventories, byClass); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestListOfAReleaseWithoutUsersHasTheAddresses(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Version: "9.0.0"})
	b := e.open(nil)
	e.mustBlock(b, host("10.2.3.4"))
	inventories, _ := b.List(t.Context())
	if inventories[0].Err != nil || len(inventories[0].Entries) != 1 {
		t.Errorf("%+v", inventories)
	}
}

func TestListNoticesWhatAForeignToolTookAway(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.mustBlock(b, hosts(3)...)
	e.change(0, "untag", map[string]any{"ip": "172.16.0.1", "tags": []string{"Block_Host"}})
	inventories, _ := b.List(t.Context())
	if got := len(inventories[0].Entries); got != 2 {
		t.Errorf("%d entries, want 2", got)
	}
}

func TestElementsAreWhatBlockPutsInPlace(t *testing.T) {
	for name, c := range map[string]struct {
		version string
		target  entity.Target
	}{
		"host":                    {"10.1.0", host("10.2.3.4")},
		"host without an address": {"10.1.0", host("")},
		"mixed destinations":      {"10.1.0", detection("198.51.100.7", "evil.example", "203.0.113.0/24", "2001:db8::/64")},
		"networks before 10.0":    {"9.1.0", detection("198.51.100.7", "203.0.113.0/24")},
		"account":                 {"10.1.0", account("JDoe@EXAMPLE.net")},
		"account before 9.1":      {"9.0.0", account("jdoe@example.net")},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{Version: c.version})
			b := e.open(nil)
			elements, err := b.Elements(t.Context(), c.target)
			if held := e.holds(0); err != nil || held != nil {
				t.Fatalf("%v, and the firewall holds %v", err, held)
			}
			out := b.BlockAll(t.Context(), []entity.Target{c.target})[0]
			if diff := cmp.Diff(out.Receipt.Elements, elements, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-blocked +elements)\n%s", diff)
			}
		})
	}
}

func TestBUG23ElementsFollowTheAddress(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	target := host("10.2.3.4")
	e.mustBlock(b, target)
	target.Host.IP = "10.2.3.5"
	elements, err := b.Elements(t.Context(), target)
	if diff := cmp.Diff([]string{"10.2.3.5"}, elements); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestElementsOfOneReadableFirewallAreEnough(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	b := e.open(nil)
	e.ends[0].Down(true)
	elements, err := b.Elements(t.Context(), static("198.51.100.0/24"))
	if err != nil || len(elements) != 1 {
		t.Errorf("%v, %v", elements, err)
	}
	e.ends[1].Down(true)
	fresh := e.open(nil)
	if elements, err = fresh.Elements(t.Context(), static("198.51.100.0/24")); err == nil {
		t.Errorf("no firewall told its release, yet %v", elements)
	}
}
