package main

import (
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// What is measured has the simulated firewall in it, which is in the same process; make bench measures the plugin alone.

func BenchmarkLife(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			e := newEstate(b, lab.PANOSConfig{})
			p := e.open(func(s *settings) { s.Capacity = 10_000 })
			targets := hosts(n)
			b.ReportAllocs()
			for b.Loop() {
				e.mustUnblock(p, e.mustBlock(p, targets...)...)
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			e := newEstate(b, lab.PANOSConfig{})
			p := e.open(nil)
			e.change(0, "fill", map[string]any{"count": n, "tags": []string{"Block_Host"}})
			b.ReportAllocs()
			for b.Loop() {
				if got := len(e.inventory(p).Entries); got != n {
					b.Fatalf("%d entries, want %d", got, n)
				}
			}
		})
	}
}

// What a list costs grows with its length and not faster.
func TestAListCostsWhatItShows(t *testing.T) {
	allocations := map[int]float64{}
	for _, n := range []int{400, 4000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			p := e.open(nil)
			e.change(0, "fill", map[string]any{"count": n, "tags": []string{"Block_Host"}})
			allocations[n] = testing.AllocsPerRun(2, func() { e.inventory(p) })
		})
	}
	if allocations[4000] > 10*allocations[400] {
		t.Errorf("allocations by the number of addresses: %v; want at most ten times as many for ten times as much", allocations)
	}
}
