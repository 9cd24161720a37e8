package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Leases keep processes apart that work on the same devices.
type Leases interface {
	// Acquire takes the lease of a name, or waits for its holder to be done; then it answers
	// *entity.LeasedError. A wait of 0 tries once.
	Acquire(ctx context.Context, name string, wait time.Duration) (release func(), err error)
}

// Options say with whom a dispatcher shares the devices, and what it must not block there.
type Options struct {
	// Leases of blockers are held while their devices are changed; nil: no other process is there.
	Leases Leases
	// LeaseWait is how long another process is waited for; what it still holds then is left for the next pass.
	LeaseWait time.Duration
	// Protect gives the never-block set, which is asked before each block and after; nil: there is none.
	Protect func() plan.Protector
	// Linger gives the context in which a batch that has begun goes on when its own ends; nil: it ends with it. No
	// further one begins.
	Linger func(context.Context) context.Context
}

// BlockerLease is the name of the lease for every change to the devices of a blocker.
func BlockerLease(name string) string { return "blocker:" + name }

// enter takes the turn on a blocker within this process, then the lease that keeps others away.
func (d *Dispatcher) enter(ctx context.Context, q *queue, wait time.Duration) (leave func(), err error) {
	if err := q.enter(ctx); err != nil {
		return nil, err
	}
	release, err := d.lease(ctx, q, wait)
	if err != nil {
		q.leave()
		return nil, err
	}
	return func() { release(); q.leave() }, nil
}

// lease keeps other processes away from a blocker.
func (d *Dispatcher) lease(ctx context.Context, q *queue, wait time.Duration) (release func(), err error) {
	if d.options.Leases == nil {
		return func() {}, nil
	}
	release, err = d.options.Leases.Acquire(ctx, BlockerLease(q.enforcer.Info().Name), wait)
	return release, inUse(err)
}

// inUse makes a blocker on which another process works a matter of the next pass.
func inUse(err error) error {
	var leased *entity.LeasedError
	if errors.As(err, &leased) {
		return &entity.Error{Class: entity.Transient, Err: fmt.Errorf("%w; left for the next pass", err)}
	}
	return err
}
