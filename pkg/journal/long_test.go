package journal_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// A journal that is pruned after each pass does not grow, whatever was blocked and released in between: each target at
// another address.
func TestAPrunedJournalDoesNotGrow(t *testing.T) {
	const kept = 50
	passes := 1000
	if testing.Short() {
		passes = 100
	}
	at := onFile(t)
	j := at.open(t)
	size := map[int]int64{}
	for n := range passes {
		now := epoch.Add(time.Duration(n) * time.Minute)
		target := host("hq", fmt.Sprint(n))
		for _, act := range []entity.Action{entity.ActionBlock, entity.ActionRelease} {
			in := intent(act, target, "edge")
			in.At = now
			open := begin(t, j, in)
			s := entity.Settlement{Intent: open[0], Done: act}
			if act == entity.ActionBlock {
				h := holding(target, "edge", target.Host.IP)
				s.Holding = &h
			}
			must(t, j.Settle(t.Context(), []entity.Settlement{s}))
			must(t, j.Recorded(t.Context(), []int64{open[0].ID}, nil))
		}
		must(t, j.Prune(t.Context(), now.Add(-kept*time.Minute)))
		size[n] = sizeOf(t, at.path)
	}
	if from, to := size[passes/5], size[passes-1]; to > from+from/10 {
		t.Errorf("it grew from %d bytes to %d in %d passes", from, to, passes-passes/5)
	}
}

// sizeOf is what a journal takes on the disk, with its log.
func sizeOf(t *testing.T, path string) (bytes int64) {
	t.Helper()
	for _, file := range []string{path, path + "-wal"} {
		info, err := os.Stat(file)
		must(t, err)
		bytes += info.Size()
	}
	return bytes
}
