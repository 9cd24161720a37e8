package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// LeasedError says that a lease is another's.
type LeasedError = entity.LeasedError

// Lease is one that somebody holds now.
type Lease struct {
	Name   string
	Holder string
	Since  time.Time
}

// leaser is a kind of leases.
type leaser interface {
	// try takes a lease, or answers *LeasedError. What it returns gives it back.
	try(ctx context.Context, name string) (release func(), err error)
	list(ctx context.Context) ([]Lease, error)
	// fence makes the transaction fail when one of these leases was held by this process and is lost.
	fence(w *writer, names []string) error
	close()
}

// First and longest pause between two tries to get a lease.
const (
	shortPause = 5 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// Acquire takes a lease that one process at a time can hold, such as "source:hq" or "blocker:edge". When another
// has it, it tries again for as long as wait says, 0 is once, and then answers a *LeasedError; so it does when
// the context ends. release may be called twice.
func (j *Journal) Acquire(ctx context.Context, name string, wait time.Duration) (release func(), err error) {
	end := time.NewTimer(wait)
	defer end.Stop()
	var held *LeasedError
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		release, err := j.leases.try(ctx, name)
		switch {
		case err == nil:
			return sync.OnceFunc(release), nil
		case ctx.Err() != nil && held != nil:
			return nil, errors.Join(held, context.Cause(ctx))
		case !errors.As(err, &held) || wait <= 0:
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(held, context.Cause(ctx))
		case <-end.C:
			return nil, held
		case <-time.After(pause):
		}
	}
}

// Leases are those that are held now, by any process.
func (j *Journal) Leases(ctx context.Context) ([]Lease, error) { return j.leases.list(ctx) }

// holder tells this process to a person.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), host)
}

// looking are the leases of one who only looks: it sees those of others, and its own hinder nobody.
type looking struct {
	*local
	others func(context.Context) ([]Lease, error)
}

func (l *looking) list(ctx context.Context) ([]Lease, error) { return l.others(ctx) }
