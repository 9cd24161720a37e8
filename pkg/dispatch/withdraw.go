package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Withdraw takes off the devices of one blocker what load answers, and waits for nobody longer than the
// deadline: neither for another process that works there, which it then works beside of, nor for any batch. A
// blocker of which no device answers is given up. load is asked once nobody else is at work, or the wait is over.
// leased says who was; err that nothing could be tried.
func (d *Dispatcher) Withdraw(ctx context.Context, name string, deadline time.Duration, load func(context.Context) ([]plan.Item, error)) (results []Result, leased, err error) {
	q := d.queues[name]
	if q != nil {
		var leave func()
		leave, leased = d.enter(ctx, q, deadline)
		if leave != nil {
			defer leave()
		}
	}
	items, err := load(ctx)
	if err != nil {
		return nil, leased, err
	}
	results = make([]Result, len(items))
	for i, it := range items {
		results[i] = Result{Item: it}
	}
	all := everyOne(results)
	if q == nil {
		fail(results, all, notRunning(name))
		return results, leased, nil
	}
	if q.enforcer.Info().NoUndo {
		lasting := only(results, all, func(r Result) bool { return !r.Item.Receipt().Empty() })
		fail(results, lasting, fmt.Errorf("blocker %s cannot take back what it blocked", name))
		all = only(results, all, func(r Result) bool { return r.Err == nil })
	}
	d.withdraw(ctx, q.enforcer, deadline, results, all)
	return results, leased, nil
}

// gentle is how many the first batch of a withdrawal carries: nobody knows yet how fast the devices are.
const gentle = 50

// withdraw goes through all in batches that grow for as long as the devices are quick, so that slow ones answer
// within the deadline too.
func (d *Dispatcher) withdraw(ctx context.Context, e Enforcer, deadline time.Duration, results []Result, all []int) {
	var silent error
	for size := gentle; len(all) > 0 && silent == nil; {
		part := all[:min(size, len(all))]
		all = all[len(part):]
		hurry, cancel := context.WithTimeout(ctx, deadline/quick)
		silent = d.withdrawSome(ctx, e, deadline, results, part)
		if hurry.Err() == nil {
			size = min(2*size, batch)
		}
		cancel()
	}
	fail(results, all, silent)
}

// quick is what part of the deadline a batch may take at most for the next one to be larger.
const quick = 10

// withdrawSome takes off one batch. The error says that no device answered anything.
func (d *Dispatcher) withdrawSome(ctx context.Context, e Enforcer, deadline time.Duration, results []Result, part []int) error {
	timed, cancel := context.WithTimeoutCause(ctx, deadline, fmt.Errorf("blocker %s did not answer within %s", e.Info().Name, deadline))
	defer cancel()
	d.take(timed, e, results, part)
	if slices.ContainsFunc(part, func(i int) bool { return answered(e.Info(), results[i].Err) }) {
		return nil
	}
	return &entity.Error{Class: entity.Unknown, Err: fmt.Errorf("given up: %w", errors.Join(context.Cause(timed), results[part[0]].Err))}
}

// answered reports that some device said something about an item.
func answered(b entity.Blocker, err error) bool {
	class, silent := entity.ClassOf(err), missing(err)
	if class != entity.Transient && class != entity.Unknown {
		return true
	}
	return len(silent) > 0 && len(plan.Without(b.Devices, silent)) > 0
}

func notRunning(name string) error { return fmt.Errorf("blocker %s is not running", name) }
