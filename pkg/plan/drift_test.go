package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// on is what a device lists of hosts.
func on(device string, elements ...string) entity.Inventory {
	inv := entity.Inventory{Device: device}
	for _, e := range elements {
		inv.Entries = append(inv.Entries, entity.Entry{Element: e, Class: entity.ClassSource})
	}
	return inv
}

func lacking(device, element string) func(*entity.Holding) {
	return func(h *entity.Holding) { h.Unable = []entity.Unable{{Device: device, Element: element}} }
}

func TestDriftHasItsAction(t *testing.T) {
	pair := edge
	pair.Devices = []string{"fw1", "fw2"}
	unwanted := wanted()
	unwanted.Matches = nil
	full, empty := on("fw1", "10.0.0.7"), on("fw2")
	otherClass := entity.Inventory{Device: "fw2", Entries: []entity.Entry{{Element: "10.0.0.7", Class: entity.ClassDestination}}}
	down := entity.Inventory{Device: "fw2", Err: errDown}
	foreign := entity.Inventory{Device: "fw2", Entries: []entity.Entry{{Element: "10.0.0.7", Class: entity.ClassSource, Owner: "foreign:admin"}}}
	short, restarted := on("fw2", "10.0.0.7"), on("fw2", "10.0.0.7")
	short.Entries[0].Until, restarted.Booted = epoch.Add(50*time.Minute), epoch.Add(-time.Minute)
	noRepeat := func(b *entity.Blocker) { b.NoRepeat = true }
	tests := map[string]struct {
		scene scene
		lists []entity.Inventory
		want  string
	}{
		"nothing was asked":                  {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), nil, "keep: tag vectra_host_block"},
		"all there":                          {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, on("fw2", "10.0.0.7")}, "keep: tag vectra_host_block"},
		"missing on one device":              {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"there for another class":            {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, otherClass}, "repair: missing on device 10.0.0.7 on fw2"},
		"there as somebody else's":           {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, foreign}, "keep: tag vectra_host_block"},
		"a device that cannot be read":       {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, down}, "keep: tag vectra_host_block"},
		"a device that is not ours any more": {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, on("fw9")}, "keep: tag vectra_host_block"},
		"missing in a frozen kind":           {scene{frozen: "500", held: holding(entity.Complete)}.on(pair), []entity.Inventory{empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"missing under explicit unblock":     {scene{gone: true, explicit: true, held: holding(entity.Complete)}.on(pair), []entity.Inventory{empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"missing and unwanted":               {scene{seen: unwanted, held: holding(entity.Complete)}.on(pair), []entity.Inventory{empty}, "release: no rule matches"},
		"missing where it cannot be":         {scene{seen: wanted(), held: holding(entity.Complete, lacking("fw2", "10.0.0.7"))}.on(pair), []entity.Inventory{full, empty}, "keep: tag vectra_host_block"},
		"missing where nothing can be":       {scene{seen: wanted(), held: holding(entity.Complete, lacking("fw2", ""))}.on(pair), []entity.Inventory{full, empty}, "keep: tag vectra_host_block"},
		"missing where another cannot be":    {scene{seen: wanted(), held: holding(entity.Complete, lacking("fw2", "2001:db8::7"))}.on(pair), []entity.Inventory{full, empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"missing where another device could": {scene{seen: wanted(), held: holding(entity.Complete, lacking("fw1", ""))}.on(pair), []entity.Inventory{full, empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"missing and being released":         {scene{frozen: "500", held: holding(entity.Releasing)}.on(pair), []entity.Inventory{empty}, "keep: frozen 500"},
		"missing and pending":                {scene{frozen: "500", held: holding(entity.Pending)}.on(pair), []entity.Inventory{empty}, "keep: frozen 500"},
		"missing and must not be repeated":   {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair, noRepeat), []entity.Inventory{empty}, "keep: tag vectra_host_block"},
		"missing in a panic":                 {scene{seen: wanted(), held: holding(entity.Complete), stops: plan.Stops{Panic: "bob"}}.on(pair), []entity.Inventory{empty}, "repair: missing on device 10.0.0.7 on fw2 [panic: bob]"},
		"missing in a pause":                 {scene{seen: wanted(), held: holding(entity.Complete), stops: plan.Stops{Pause: "bob"}}.on(pair), []entity.Inventory{empty}, "repair: missing on device 10.0.0.7 on fw2"},
		"lists are split":                    {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{on("fw1"), full}, "keep: tag vectra_host_block"},
		"the device will let it expire soon": {scene{seen: wanted(), held: holding(entity.Complete, until(2*time.Hour))}.on(pair), []entity.Inventory{full, short}, "renew: expires 2026-11-21T20:08:30Z"},
		"the device restarted since":         {scene{seen: wanted(), held: holding(entity.Complete)}.on(pair), []entity.Inventory{full, restarted}, "repair: device restarted fw2"},
		"due in a frozen kind":               {scene{frozen: "500", held: holding(entity.Complete, until(time.Hour))}.on(pair), nil, "renew: expires 2026-11-21T20:18:30Z"},
		"due under explicit unblock":         {scene{seen: unwanted, explicit: true, held: holding(entity.Complete, until(time.Hour))}.on(pair), nil, "renew: expires 2026-11-21T20:18:30Z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.scene.lists = tt.lists
			if got := tt.scene.say(); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What is put back is what is held, not what the target would leave behind today: its address may have changed.
func TestWhatIsPutBackIsWhatIsHeld(t *testing.T) {
	pair := edge
	pair.Devices = []string{"fw1"}
	h := holding(entity.Complete, at("10.0.0.6"))
	h.Target.Host = &entity.Host{IP: "10.0.0.6"}
	it := scene{seen: wanted(), held: h, lists: []entity.Inventory{on("fw1")}}.on(pair).compute().Items[0]
	if it.Action != entity.ActionRepair || it.Target.Host.IP != "10.0.0.6" {
		t.Errorf("%s of %+v", it.Action, it.Target.Host)
	}
	if diff := cmp.Diff([]string{"10.0.0.6"}, it.Elements); diff != "" {
		t.Error(diff)
	}
}

func TestEachDeviceThatLacksSomethingIsNamed(t *testing.T) {
	pair := edge
	pair.Devices = []string{"fw1", "fw2"}
	it := scene{seen: wanted(), held: holding(entity.Complete, at("10.0.0.6", "10.0.0.7")), lists: []entity.Inventory{on("fw2", "10.0.0.6"), on("fw1")}}.on(pair).compute().Items[0]
	want := []plan.Reason{{Rule: plan.RuleMissing, Detail: "10.0.0.6, 10.0.0.7 on fw1"}, {Rule: plan.RuleMissing, Detail: "10.0.0.7 on fw2"}, tagged[0]}
	if diff := cmp.Diff(want, it.Reasons); diff != "" {
		t.Error(diff)
	}
}
