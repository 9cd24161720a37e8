package dispatch

import (
	"context"
	"slices"
	"sync"
	"time"
)

// queue is where sources wait for a blocker. One works there at a time; what others bring meanwhile goes together in
// the batches of whoever comes next: twenty brains with a target each cost the devices what one with twenty does.
type queue struct {
	enforcer Enforcer
	turn     chan struct{}
	mu       sync.Mutex
	waiting  []*load
}

// load is what one source has for a blocker. It is done when somebody has carried it out, whoever it was.
type load struct {
	results []Result
	done    context.Context //nolint:containedctx // an end that others can wait for, and be woken by
	finish  context.CancelFunc
}

// bring adds a load to what waits, which it does though the context ends: somebody may be at work on it.
func (q *queue) bring(ctx context.Context, results []Result) *load {
	l := &load{results: results}
	l.done, l.finish = context.WithCancel(context.WithoutCancel(ctx))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, l)
	return l
}

// take is all that waits.
func (q *queue) take() []*load {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting = nil
	return all
}

// withdraw takes back a load, unless somebody has taken it.
func (q *queue) withdraw(l *load) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.waiting, l)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	return at >= 0
}

// enter waits for the turn.
func (q *queue) enter(ctx context.Context) error {
	select {
	case q.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return Stopped(ctx)
	}
}

func (q *queue) leave() { <-q.turn }

// carry has results carried out: by whoever is at work on the blocker next, or in a turn of its own. Who is to be
// waited for is waited for no longer than until the deadline.
func (d *Dispatcher) carry(ctx context.Context, q *queue, results []Result, until time.Time) {
	l := q.bring(ctx, results)
	defer l.finish()
	waiting, stop, told := d.before(ctx, until)
	defer stop()
	defer context.AfterFunc(l.done, stop)()
	switch err := q.enter(waiting); {
	case err == nil && l.done.Err() == nil:
		d.workTurn(ctx, waiting, q, until, told)
		q.leave()
	case err == nil:
		q.leave()
	case q.withdraw(l):
		giveUp([]*load{l}, told(err))
	}
	<-l.done.Done()
}

// workTurn does all that waits. When another process is at work there, none of them has to wait for it again.
func (d *Dispatcher) workTurn(ctx, waiting context.Context, q *queue, until time.Time, told func(error) error) {
	release, err := d.lease(waiting, q, d.options.LeaseWait)
	if err != nil {
		giveUp(q.take(), told(err))
		return
	}
	defer release()
	d.workOff(ctx, q.enforcer, q.take(), until)
}

// workOff does what several sources brought as if it were one's.
func (d *Dispatcher) workOff(ctx context.Context, e Enforcer, loads []*load, until time.Time) {
	var together []Result
	for _, l := range loads {
		together = append(together, l.results...)
	}
	d.work(ctx, e, together, until)
	for _, l := range loads {
		together = together[copy(l.results, together):]
		l.finish()
	}
}

func giveUp(loads []*load, err error) {
	for _, l := range loads {
		fail(l.results, everyOne(l.results), err)
		l.finish()
	}
}
