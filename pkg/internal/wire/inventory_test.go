package wire

import (
	"runtime"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// together puts all parts together.
func together(parts ...*wirepb.ListResponse) []entity.Inventory {
	var v Inventories
	for _, p := range parts {
		v.Add(p)
	}
	return v.All()
}

func TestALongListTakesLittleMoreRoomThanItsEntries(t *testing.T) {
	const n = 100_000
	inventory := listing(n)
	var before, after runtime.MemStats
	var all Inventories
	parts := slices.Collect(ToInventory(0, inventory))
	runtime.ReadMemStats(&before)
	for _, p := range parts {
		all.Add(p)
	}
	runtime.ReadMemStats(&after)
	const entry = 96 // an entity.Entry is 88 bytes
	if got := after.TotalAlloc - before.TotalAlloc; got > n*entry {
		t.Errorf("%d bytes were allocated for %d entries, want at most %d each", got, n, entry)
	}
	if got := len(all.All()[0].Entries); got != n {
		t.Errorf("%d entries arrived", got)
	}
}

func TestRoomIsNotMadeForWhateverAPluginSays(t *testing.T) {
	for _, total := range []int32{-1, 1 << 30} {
		got := together(&wirepb.ListResponse{Device: "fw1", Total: total, Entries: []*wirepb.Entry{{Element: "a"}}})
		if len(got) != 1 || len(got[0].Entries) != 1 || cap(got[0].Entries) > maxRoom {
			t.Errorf("with a total of %d there is room for %d", total, cap(got[0].Entries))
		}
	}
}

func TestNoPartIsMadeBeforeItIsAskedFor(t *testing.T) {
	made := testing.AllocsPerRun(1, func() {
		for range ToInventory(0, listing(1)) {
			break
		}
	})
	long := listing(100_000)
	if got := testing.AllocsPerRun(1, func() {
		for range ToInventory(0, long) {
			break
		}
	}); got > made+MaxBatch {
		t.Errorf("%v allocations for the first of a hundred parts", got)
	}
}
