// Package work does many pieces of work with few goroutines.
package work

import (
	"sync"
	"sync/atomic"
)

// Spread does n pieces of work, at most parallel at a time. They begin in their order, and all have ended when
// it returns.
func Spread(parallel, n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(max(parallel, 1), n) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	all.Wait()
}

// Together does a few things at the same time and waits for all.
func Together(things ...func()) {
	var all sync.WaitGroup
	for _, do := range things {
		all.Go(do)
	}
	all.Wait()
}
