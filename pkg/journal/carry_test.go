package journal_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// willing is a blocker that does everything it is asked for.
type willing struct{}

func (willing) Info() entity.Blocker {
	return entity.Blocker{Name: "edge", Label: "Fortinet Client", Devices: []string{"fw1"}}
}

func (willing) Block(_ context.Context, targets []entity.Target) []entity.Outcome {
	out := make([]entity.Outcome, len(targets))
	for i, t := range targets {
		out[i].Receipt.Elements = []string{t.Host.IP}
	}
	return out
}

func (willing) Unblock(_ context.Context, releases []entity.Release) []error {
	return make([]error, len(releases))
}

func (willing) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	return make([][]string, len(targets)), nil
}

func (willing) List(context.Context) ([]entity.Inventory, error) { return nil, nil }

// Each commit is a flush of the disk. A batch of a thousand has two: before the device is touched, and after.
func TestFiveThousandBlocksAreTenCommits(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		blocks, batches := 5000, int64(5)
		if testing.Short() || at.path == "" { // a batch that is full and one that is not show the same
			blocks, batches = 1100, 2
		}
		j := at.open(t)
		items := make([]plan.Item, blocks)
		for i := range items {
			target := rich(i)
			items[i] = plan.Item{Action: entity.ActionBlock, Target: &target, Blocker: "edge", Label: "Fortinet Client", Elements: []string{target.Host.IP}}
		}
		clock := func() time.Time { return epoch }
		d := dispatch.New([]dispatch.Enforcer{willing{}}, j, clock, slog.New(slog.DiscardHandler), dispatch.Options{})
		before := at.counted(t)
		for _, res := range d.Carry(t.Context(), items, time.Time{}) {
			if res.Err != nil {
				t.Fatal(res.Err)
			}
		}
		if n := at.counted(t) - before; n != 2*batches {
			t.Errorf("%d commits to block %d", n, blocks)
		}
		before = at.counted(t)
		for i, h := range readHoldings(t, j) {
			items[i] = plan.Item{Action: entity.ActionRelease, Target: &h.Target, Blocker: "edge", Label: h.Label, Held: &h}
		}
		for _, res := range d.Carry(t.Context(), items, time.Time{}) {
			if res.Err != nil {
				t.Fatal(res.Err)
			}
		}
		if n := at.counted(t) - before; n != 2*batches || len(readHoldings(t, j)) > 0 {
			t.Errorf("%d commits to release %d, %d are held", n, blocks, len(readHoldings(t, j)))
		}
	})
}
