package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// batch is how many targets one call to a blocker carries, and one journal commit.
const batch = 1000

// Journal is what dispatch needs of the crash-safe record: an intent stands in it
// before a device is touched, what became of it after.
type Journal interface {
	Begin(ctx context.Context, intents []entity.Intent) error
	Settle(ctx context.Context, settlements []entity.Settlement) error
	// Holders says who holds each of the elements of a class on a blocker, of any source.
	Holders(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string][]entity.Ref, error)
	// Raws are the brain's own objects of targets that a blocker holds, where they were kept.
	Raws(ctx context.Context, blocker string, refs []entity.Ref) (map[entity.Ref]json.RawMessage, error)
}

// Result is what became of one item of a plan.
type Result struct {
	Item plan.Item
	// Holding is what is held afterwards; nil when nothing is.
	Holding *entity.Holding
	// Intent is to be ended once the result is recorded; 0 when there is nothing to record.
	Intent entity.Intent
	// Done is the change that happened; empty when none did.
	Done entity.Action
	// HeldBack says why nothing was tried: a person stopped everything of this kind. It is no failure.
	HeldBack string
	// Err is nil when every device confirmed. See entity.OnlySoft for errors that are no failure.
	Err error
}

// Failed reports a result that has to be tried again or looked at.
func (r Result) Failed() bool { return r.Err != nil && !entity.OnlySoft(r.Err) }

// Partial reports that something changed and not every device confirmed it.
func (r Result) Partial() bool { return r.Done != "" && r.Failed() }

// Dispatcher carries plans out. One serves all sources, so that each blocker has
// one queue: its holders are counted and its elements moved by one at a time.
type Dispatcher struct {
	journal Journal
	now     func() time.Time
	log     *slog.Logger
	options Options
	queues  map[string]*queue
}

// New makes a dispatcher for these blockers.
func New(enforcers []Enforcer, journal Journal, now func() time.Time, log *slog.Logger, o Options) *Dispatcher {
	d := &Dispatcher{journal: journal, now: now, log: log, options: o, queues: map[string]*queue{}}
	for _, e := range enforcers {
		d.queues[e.Info().Name] = &queue{enforcer: e, turn: make(chan struct{}, 1)}
	}
	return d
}

// Carry does the items of a plan that change something, the blockers side by side, and answers with a result for
// each, in their order. What a cancelled context left undone says so, and so does what was not begun before until,
// which is zero when there is time without end. A blocker that is slow keeps no other waiting, not those that another
// source has work for either: each has a turn of its own. What several sources bring to one while it is at work goes
// together. It answers when all are done.
func (d *Dispatcher) Carry(ctx context.Context, items []plan.Item, until time.Time) []Result {
	results := make([]Result, len(items))
	mine := map[string][]int{}
	for i, it := range items {
		results[i] = Result{Item: it}
		mine[it.Blocker] = append(mine[it.Blocker], i)
	}
	var wg sync.WaitGroup
	for name, indexes := range mine {
		wg.Go(func() { d.carryOn(ctx, name, results, indexes, until) })
	}
	wg.Wait()
	return results
}

// carryOn carries out what is for one blocker.
func (d *Dispatcher) carryOn(ctx context.Context, name string, results []Result, indexes []int, until time.Time) {
	q := d.queues[name]
	if q == nil {
		fail(results, indexes, notRunning(name))
		return
	}
	some := pick(results, indexes)
	d.carry(ctx, q, some, until)
	for n, i := range indexes {
		results[i] = some[n]
	}
}

// work does what puts elements in place first, then what takes them away.
func (d *Dispatcher) work(ctx context.Context, e Enforcer, results []Result, until time.Time) {
	begin := func(step func(context.Context, Enforcer, []Result, []int)) func([]int) {
		return func(part []int) {
			if err := d.late(ctx, until); err != nil {
				fail(results, part, err)
				return
			}
			step(d.lingering(ctx), e, results, part)
		}
	}
	all := everyOne(results)
	inBatches(only(results, all, puts), begin(d.put))
	inBatches(only(results, all, takes), begin(d.take))
}

// lingering is the context of what has begun.
func (d *Dispatcher) lingering(ctx context.Context) context.Context {
	if d.options.Linger == nil {
		return ctx
	}
	return d.options.Linger(ctx)
}

func everyOne(results []Result) []int {
	all := make([]int, len(results))
	for i := range all {
		all[i] = i
	}
	return all
}

func inBatches(indexes []int, step func([]int)) {
	for part := range slices.Chunk(indexes, batch) {
		step(part)
	}
}

func only(results []Result, indexes []int, want func(Result) bool) []int {
	return slices.DeleteFunc(slices.Clone(indexes), func(i int) bool { return !want(results[i]) })
}

func puts(r Result) bool {
	switch r.Item.Action {
	case entity.ActionBlock, entity.ActionRenew, entity.ActionRepair, entity.ActionGroom:
		return true
	}
	return false
}

// takes are releases, and grooms whose new elements are in place.
func takes(r Result) bool {
	return r.Item.Action == entity.ActionRelease ||
		r.Item.Action == entity.ActionGroom && !r.Failed() && r.Holding != nil && r.Holding.State == entity.Complete
}

func fail(results []Result, indexes []int, err error) {
	for _, i := range indexes {
		results[i].Err = err
	}
}

// Stopped is ErrStopped with what ended a context.
func Stopped(ctx context.Context) error {
	return &entity.Error{Class: entity.Transient, Err: fmt.Errorf("%w: %w", ErrStopped, context.Cause(ctx))}
}
