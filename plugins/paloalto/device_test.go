package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func (e *estate) inventory(b *paloalto) blocker.Inventory {
	e.t.Helper()
	inventories, err := b.List(e.t.Context())
	if err != nil || inventories[0].Err != nil {
		e.t.Fatal(err, inventories[0].Err)
	}
	return inventories[0]
}

func TestARebootAndAnotherMachineAreSeen(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.mustBlock(b, host("10.2.3.4"))
	e.pass(90 * time.Minute)
	e.change(0, "reboot", nil)
	e.pass(10 * time.Minute)
	want := blocker.Inventory{
		Device: "fw1", Serial: "007200001234", Booted: noon.Add(90 * time.Minute),
		Entries: []blocker.Entry{{Element: "10.2.3.4", Class: entity.ClassSource}},
	}
	if diff := cmp.Diff(want, e.inventory(b)); diff != "" {
		t.Error(diff)
	}
	e.change(0, "replace", map[string]any{"serial": "007200009999"})
	want.Serial, want.Entries, want.Booted = "007200009999", nil, noon.Add(100*time.Minute)
	if diff := cmp.Diff(want, e.inventory(b)); diff != "" {
		t.Errorf("the new machine: %s", diff)
	}
}

func TestADeviceThatDoesNotTellAboutItselfIsListed(t *testing.T) {
	for name, f := range map[string]lab.Fault{
		"refused": {Match: "show system info", What: lab.AnswerStatus, Status: 403, Body: "<response status='error' code='16'><msg>no</msg></response>"},
		"a VM without a licence": {
			Match: "show system info", What: lab.AnswerStatus, Status: 200,
			Body: "<response status='success'><result><system><serial>unknown</serial><uptime>soon</uptime></system></result></response>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			b := e.open(func(s *settings) { s.Devices[0].Release = "10.1" })
			e.mustBlock(b, host("10.2.3.4"))
			e.fault(0, f)
			if got := e.inventory(b); got.Serial != "" || !got.Booted.IsZero() || len(got.Entries) != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestThePlaceChangesWithWhereBlocksLieAndWithNothingElse(t *testing.T) {
	base := settings{InternalTag: "h", ExternalTag: "d", AccountTag: "a", Devices: []device{{Name: "fw1", URL: "https://a"}}}
	place := func(change func(*settings)) string {
		s := base
		s.Devices = append([]device{}, base.Devices...)
		change(&s)
		return entity.PlaceOf(s.places())
	}
	h := entity.Holding{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindAccount}}, Place: place(func(*settings) {})}
	for name, tt := range map[string]struct {
		change func(*settings)
		moves  bool
	}{
		"nothing":             {func(*settings) {}, false},
		"the vsys that it is": {func(s *settings) { s.Devices[0].Vsys = "vsys1" }, false},
		"another vsys":        {func(s *settings) { s.Devices[0].Vsys = "vsys2" }, true},
		"another firewall":    {func(s *settings) { s.Devices[0].Target = "0012001" }, true},
		"its tag":             {func(s *settings) { s.AccountTag = "b" }, true},
		"another class's tag": {func(s *settings) { s.InternalTag = "b" }, false},
		"limits":              {func(s *settings) { s.Timeout, s.Capacity, s.Batch, s.Devices[0].Release = time.Hour, 9, 9, "9.1" }, false},
		"a device more":       {func(s *settings) { s.Devices = append(s.Devices, device{Name: "fw2", Vsys: "vsys9"}) }, false},
	} {
		if got := h.Elsewhere(place(tt.change)) != ""; got != tt.moves {
			t.Errorf("%s: moved %v", name, got)
		}
	}
}
