package plan_test

import (
	"fmt"
	"runtime"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// A plan over a million targets and three blockers is made of less than one GiB, whatever happens to them, and each of
// many costs what each of few does.
func TestAPlanOverAMillionTargetsIsLean(t *testing.T) {
	for name, of := range multitudes {
		t.Run(name, func(t *testing.T) {
			n := 2000
			if testing.Short() {
				n = 500
			}
			few, many := costOf(of, n), costOf(of, 10*n)
			t.Logf("each of %d: %v; each of %d: %v", n, few, 10*n, many)
			// With -short the race detector is at work, under which some texts are made twice.
			if most := max(few.bytes, many.bytes) * 1e6; most > 1<<30 && !testing.Short() {
				t.Errorf("a million would take %.0f MiB, want less than 1,024", most/(1<<20))
			}
			if many.bytes > 1.1*few.bytes || many.allocs > few.allocs+0.01 {
				t.Errorf("each of %d costs %v, each of %d costs %v", n, few, 10*n, many)
			}
		})
	}
}

// cost is what one target takes: what is allocated for it, whether or not it is kept.
type cost struct{ bytes, allocs float64 }

func (c cost) String() string { return fmt.Sprintf("%.0f bytes in %.3f pieces", c.bytes, c.allocs) }

func costOf(of func(int) *multitude, n int) cost {
	m := of(n)
	m.compute() // what is made once for all is made
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := m.compute()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(p)
	return cost{float64(after.TotalAlloc-before.TotalAlloc) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)}
}

// A pass over one brain of many looks at what the others hold, and keeps nothing of it.
func TestWhatOtherSourcesHoldTakesNoRoom(t *testing.T) {
	m := multitudes["new"](1)
	for _, h := range multitudes["kept"](5000).held {
		h.Target.Source = another
		m.held = append(m.held, h)
	}
	if got := costOf(func(int) *multitude { return m }, 1); got.bytes > 16<<10 {
		t.Errorf("one target beside 15,000 holdings of another source takes %v", got)
	}
}

func TestAnItemIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(plan.Item{}); size > 176 {
		t.Errorf("%d bytes; a million targets on three blockers have three million", size)
	}
}

// What items share they may not write to: a slice with room to spare would take one item's reason for another's.
func TestWhatItemsShareIsNotWrittenTo(t *testing.T) {
	onLost := func(name, device string) entity.Holding {
		h := holding(entity.Complete, func(h *entity.Holding) { h.Devices = []string{"fw1", device} })
		h.Blocker = name
		return *h
	}
	first, second := edge, onlyPan
	first.Devices, second.Devices = []string{"fw1"}, []string{"fw1"}
	s := wanted()
	s.Matches = append(make([]plan.Reason, 0, 8), tagged...)
	p := plan.Compute(plan.Observation{Source: brain, Read: everyKind, Seen: []plan.Seen{*s}}, []entity.Holding{onLost("dc", "fw8"), onLost("edge", "fw9")},
		plan.Policy{Blockers: []entity.Blocker{first, second}}, epoch)
	for i, device := range []string{"fw8", "fw9"} {
		want := []plan.Reason{tagged[0], {Rule: plan.RuleLostDevice, Detail: device}}
		if diff := cmp.Diff(want, p.Items[i].Reasons); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Items[i].Blocker, diff)
		}
	}
}

// Whoever carries a plan out relies on it: what an item tells of is what was handed in, not a copy.
func TestAnItemPointsToWhatIsKnown(t *testing.T) {
	m := multitudes["kept"](3)
	for i, it := range m.compute().Items {
		if it.Target != &m.obs.Seen[i/3].Target || it.Held != &m.held[i] || &it.Reasons[0] != &m.obs.Seen[i/3].Matches[0] {
			t.Errorf("item %d is a copy: %+v", i, it)
		}
	}
}
