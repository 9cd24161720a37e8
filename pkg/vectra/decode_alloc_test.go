package vectra

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// What a row costs: one place for each text that is kept, and nothing for what is passed over.
func TestARowCostsFewAllocations(t *testing.T) {
	const rows = 250
	everybody := func(*entity.Target) bool { return true }
	for kind, most := range map[entity.Kind]float64{entity.KindHost: 20, entity.KindAccount: 10, entity.KindDetection: 22} {
		body, l := samplePage(kind, rows), sampleLister(kind, entity.Query{Bare: everybody})
		got := testing.AllocsPerRun(3, func() {
			if err := l.page(body); err != nil {
				t.Error(err)
			}
		})
		if got/rows > most {
			t.Errorf("%.1f allocations for each %s, want at most %.0f", got/rows, kind, most)
		}
		if l.n == 0 {
			t.Errorf("no %s was folded", kind)
		}
	}
}

// Nothing that is kept of a page may hold on to the page.
func TestWhatIsKeptOfAPageIsNotThePage(t *testing.T) {
	const pages = 40 // of 400 KiB each
	tags := entity.Query{Tags: []string{"vectra_host_block"}, Bare: func(*entity.Target) bool { return true }}
	var kept []entity.Target
	l := sampleLister(entity.KindHost, tags)
	l.fold = func(rows []object) error {
		kept = append(kept, rows[0].Target)
		return nil
	}
	page := samplePage(entity.KindHost, 200)
	before := heap()
	for range pages {
		if err := l.page(bytes.Clone(page)); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("%d hosts of %d pages hold %d KiB", len(kept), pages, grown>>10)
	}
	runtime.KeepAlive(kept)
}

// heap is what lives on the heap.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
