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
	passes := 8 * kept
	if testing.Short() {
		passes = 4 * kept
	}
	at := onFile(t)
	j := at.open(t)
	var early int64
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
		if n == 2*kept {
			must(t, j.Close())
			early, j = sizeOf(t, at.path), at.open(t)
		}
	}
	must(t, j.Close())
	if late := sizeOf(t, at.path); late > early+early/10 {
		t.Errorf("it grew from %d bytes to %d in %d passes", early, late, passes-2*kept)
	}
}

// sizeOf is what a closed journal takes on the disk.
func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}
