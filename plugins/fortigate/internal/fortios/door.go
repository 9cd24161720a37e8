package fortios

import (
	"context"
	"sync"

	"github.com/var-project/var/pkg/blocker"
)

// door lets requests in: as many as there are places, and one alone as long as nobody knows whether the device
// takes the token. Were a wrong one shown by several requests at once, they would lock the address out.
type door struct {
	places chan struct{}

	mu    sync.Mutex
	known bool
	trial *trial
	// taken is closed when the device took the token for the first time.
	taken chan struct{}
	once  sync.Once
}

func newDoor(places int) *door {
	return &door{places: make(chan struct{}, max(places, 1)), taken: make(chan struct{})}
}

// trial is the one request that finds out about the token. What waited for it shares its failure.
type trial struct {
	over chan struct{}
	err  error
}

// enter waits for a place. The request must leave with its outcome.
func (d *door) enter(ctx context.Context) (*trial, error) {
	own, err := d.admit(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case d.places <- struct{}{}:
		return own, nil
	case <-ctx.Done():
		err = context.Cause(ctx)
		d.conclude(own, err)
		return nil, err
	}
}

// admit gives a trial to who must find out about the token, and none when it is known to be taken.
func (d *door) admit(ctx context.Context) (*trial, error) {
	for {
		own, other := d.ask()
		if other == nil {
			return own, nil
		}
		select {
		case <-other.over:
			if other.err != nil {
				return nil, other.err
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (d *door) ask() (own, other *trial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known || d.trial != nil {
		return nil, d.trial
	}
	d.trial = &trial{over: make(chan struct{})}
	return d.trial, nil
}

// leave gives the place back. An answer of FortiOS itself, whatever it says, shows that the token was taken.
func (d *door) leave(own *trial, env Envelope, err error) {
	<-d.places
	d.mu.Lock()
	switch {
	case blocker.ClassOf(err) == blocker.Unauthorized:
		d.known = false
	case env.Status != "":
		d.known, err = true, nil
		d.once.Do(func() { close(d.taken) })
	}
	d.mu.Unlock()
	d.conclude(own, err)
}

func (d *door) conclude(own *trial, err error) {
	if own == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	own.err, d.trial = err, nil
	close(own.over)
}
