package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

func (w *world) inventory() blocker.Inventory {
	w.t.Helper()
	inventories, err := w.List(w.t.Context())
	if err != nil || inventories[0].Err != nil {
		w.t.Fatal(err, inventories[0].Err)
	}
	return inventories[0]
}

func TestARebootAndAnotherMachineAreSeen(t *testing.T) {
	w := newWorld(t, 1, inMode(modeQuarantine))
	w.mustBlock(host(1, "10.0.0.1"))
	before := w.inventory()
	w.change(w.gates[0], "reboot", "")
	after := w.inventory()
	if before.Serial != "FGVM0000TEST" || after.Serial != before.Serial {
		t.Errorf("serials %q and %q", before.Serial, after.Serial)
	}
	if time.Since(before.Booted) < 24*time.Hour || time.Since(after.Booted) > time.Minute {
		t.Errorf("started at %s, after the reboot at %s", before.Booted, after.Booted)
	}
	if len(before.Entries) != 1 || len(after.Entries) != 0 {
		t.Errorf("lists %v, after the reboot %v", before.Entries, after.Entries)
	}
	w.change(w.gates[0], "replace", `{"serial":"FGVM2"}`)
	if got := w.inventory().Serial; got != "FGVM2" {
		t.Errorf("serial %q of the new machine", got)
	}
}

// A device whose clock is wrong would otherwise have started in the future, for ever after what was asserted.
func TestTheStartIsToldByOurClock(t *testing.T) {
	w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) {
		c.Clock = func() time.Time { return time.Now().AddDate(3, 0, 0) }
	})
	w.change(w.gates[0], "reboot", "")
	if got := w.inventory().Booted; got.After(time.Now()) || time.Since(got) > time.Minute {
		t.Errorf("started at %s", got)
	}
}

func TestADeviceThatDoesNotTellItsStartIsListedAndNotAskedAgain(t *testing.T) {
	for name, trouble := range map[string]lab.Fault{
		"withheld by the profile": {Match: "GET state", What: lab.AnswerStatus, Status: 403},
		"not there":               {Match: "GET state", What: lab.AnswerStatus, Status: 404},
		"no times":                {Match: "GET state", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":{}}`},
		"times that cannot be":    {Match: "GET state", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":{"snapshot_utc_time":1,"utc_last_reboot":9}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.mustBlock(host(1, "10.0.0.1"))
			w.fault(0, trouble)
			for range 2 {
				if got := w.inventory(); !got.Booted.IsZero() || len(got.Entries) != 1 || got.Serial == "" {
					t.Errorf("got %+v", got)
				}
			}
			if got := w.ends[0].Requests()["GET state"]; got != 1 {
				t.Errorf("asked %d times", got)
			}
		})
	}
}

func TestADeviceThatStumblesIsAskedForItsStartAgain(t *testing.T) {
	w := newWorld(t, 1)
	w.fault(0, lab.Fault{Match: "GET state", What: lab.AnswerStatus, Status: 503, Times: 1})
	if got := w.inventory().Booted; !got.IsZero() {
		t.Errorf("started at %s", got)
	}
	if got := w.inventory().Booted; got.IsZero() {
		t.Error("not asked again")
	}
}

func TestThePlaceChangesWithWhereBlocksLieAndWithNothingElse(t *testing.T) {
	base := settings{Mode: modeGroup, InternalGroup: "In", ExternalGroup: "Out", Device: []deviceSettings{{Name: "fw1", URL: "https://a", VDOM: "root"}}}
	place := func(change func(*settings)) string {
		s := base
		s.Device = append([]deviceSettings{}, base.Device...)
		change(&s)
		return entity.PlaceOf(s.places())
	}
	host := entity.Holding{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, Place: place(func(*settings) {})}
	static := entity.Holding{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindStatic}}, Place: host.Place}
	for _, tt := range []struct {
		name                    string
		change                  func(*settings)
		hostMoves, staticsMoves bool
	}{
		{"nothing", func(*settings) {}, false, false},
		{"a device more", func(s *settings) {
			s.Device = append(s.Device, deviceSettings{Name: "fw2", URL: "https://b", VDOM: "dmz"})
		}, false, false},
		{"limits and names that stand for the same", func(s *settings) {
			s.MemberLimit, s.InternalGroup6, s.Device[0].InsecureSkipVerify = 9, "In6", true
		}, false, false},
		{"the internal group", func(s *settings) { s.InternalGroup = "New" }, true, false},
		{"the external group for IPv6", func(s *settings) { s.ExternalGroup6 = "New" }, false, true},
		{"the mode", func(s *settings) { s.Mode = modeQuarantine }, true, true},
		{"the VDOM", func(s *settings) { s.Device[0].VDOM = "dmz" }, true, true},
	} {
		now := place(tt.change)
		if got := []bool{host.Elsewhere(now) != "", static.Elsewhere(now) != ""}; !cmp.Equal(got, []bool{tt.hostMoves, tt.staticsMoves}) {
			t.Errorf("%s: hosts and destinations are moved: %v", tt.name, got)
		}
	}
}
