package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// What is measured has the simulated device in it, which is in the same process; make bench measures the plugin alone.

func BenchmarkLife(b *testing.B) {
	for mode := range calls {
		for _, n := range []int{100, 1000} {
			b.Run(fmt.Sprintf("%s/n=%d", mode, n), func(b *testing.B) {
				w := newWorld(b, 1, inMode(mode))
				targets := some(mode, n)
				b.ReportAllocs()
				for b.Loop() {
					w.mustUnblock(w.mustBlock(targets...)...)
				}
			})
		}
	}
}

func BenchmarkList(b *testing.B) {
	for mode := range calls {
		for _, n := range []int{1000, 10_000} {
			b.Run(fmt.Sprintf("%s/n=%d", mode, n), func(b *testing.B) {
				w := newWorld(b, 1, inMode(mode), func(s *settings, c *lab.FortiGateConfig) { s.MemberLimit, c.FeedLimit = 5000, -1 })
				w.fill(mode, n)
				b.ReportAllocs()
				for b.Loop() {
					if got := len(w.entries(0)); got != n {
						b.Fatalf("%d entries, want %d", got, n)
					}
				}
			})
		}
	}
}

// fill puts n elements where the mode has them, without asking the blocker. Those of groups are foreign.
func (w *world) fill(mode string, n int) {
	w.t.Helper()
	addresses, names := make([]string, n), make([]string, n)
	for i := range n {
		addresses[i], names[i] = fmt.Sprintf("45.%d.%d.%d", i>>16, i>>8&255, i&255), fmt.Sprintf("x-%05d", i)
	}
	switch mode {
	case modeQuarantine:
		targets := make([]entity.Target, n)
		for i, ip := range addresses {
			targets[i] = host(i, ip)
		}
		var rs []blocker.Release
		for ; len(targets) > 0; targets = targets[min(len(targets), 1000):] {
			rs = append(rs, w.mustBlock(targets[:min(len(targets), 1000)]...)...)
		}
		if len(rs) != n {
			w.t.Fatal("not all are banned")
		}
	case modeFeed:
		w.change(w.gates[0], "feed-add", arguments(map[string]any{"feed": "var-dst", "entries": addresses}))
	default:
		w.change(w.gates[0], "fill", arguments(map[string]any{"count": n, "prefix": "x-"}))
		w.change(w.gates[0], "add-members", arguments(map[string]any{"group": "Internal-Block", "members": names}))
	}
}

func arguments(values map[string]any) string {
	raw, _ := json.Marshal(values) // texts and numbers are always JSON
	return string(raw)
}

// What a list costs grows with its length and not faster.
func TestAListCostsWhatItShows(t *testing.T) {
	for mode := range calls {
		allocations := func(n int) float64 {
			w := newWorld(t, 1, inMode(mode), func(s *settings, c *lab.FortiGateConfig) { s.MemberLimit, c.FeedLimit = 5000, -1 })
			w.fill(mode, n)
			return testing.AllocsPerRun(2, func() { w.entries(0) })
		}
		if little, much := allocations(300), allocations(3000); much > 10*little {
			t.Errorf("%s: %.0f allocations for 300 elements and %.0f for 3000, want at most ten times as many", mode, little, much)
		}
	}
}
