package journal

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// clock is the time of the database server in nanoseconds: that of the processes may differ.
const clock = `(extract(epoch from clock_timestamp()) * 1000000000)::bigint`

// rows are leases in a table of a server. Whoever holds one renews it; one that is not renewed in time may be
// taken by another. The fence of a row grows with each holder, so that a holder who slept too long is known.
type rows struct {
	j   *Journal
	ttl time.Duration
	// ctx outlives what a lease is held for: giving it back is the last thing that is done.
	ctx  context.Context
	stop context.CancelFunc
	done chan struct{}

	mu   sync.Mutex
	held map[string]*grip
}

// grip is a lease that this process took.
type grip struct {
	name  string
	fence int64
	lost  bool
}

func newRows(ctx context.Context, j *Journal, ttl time.Duration) *rows {
	r := &rows{j: j, ttl: ttl, ctx: context.WithoutCancel(ctx), done: make(chan struct{}), held: map[string]*grip{}}
	ctx, r.stop = context.WithCancel(r.ctx)
	go r.keep(ctx)
	return r
}

func (r *rows) try(ctx context.Context, name string) (func(), error) {
	g := &grip{name: name}
	err := r.take(ctx, g)
	switch {
	case err != nil && g.fence > 0:
		r.release(r.ctx, g) // only the answer may be lost: then it is ours, and nobody else gets it for its whole time
		return nil, err
	case err != nil:
		return nil, err
	case g.fence == 0:
		return nil, r.other(ctx, name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[name] = g
	return func() { r.release(r.ctx, g) }, nil
}

// take writes a lease down; the fence stays 0 when another has it.
func (r *rows) take(ctx context.Context, g *grip) error {
	return r.j.commit(ctx, func(w *writer) error {
		w.exec(`insert into lease (name, holder, fence, since, until) values ($1, '', 0, 0, 0) on conflict (name) do nothing`, g.name)
		w.get(`update lease set holder = $2, fence = fence + 1, since = `+clock+`, until = `+clock+` + $3
			where name = $1 and until <= `+clock+` returning fence`, []any{g.name, holder(), int64(r.ttl)}, &g.fence)
		return w.err
	})
}

// other says who has a lease.
func (r *rows) other(ctx context.Context, name string) error {
	e := &LeasedError{Name: name, Holder: "another process"}
	err := r.j.read(ctx, func(tx *sql.Tx) error {
		var since int64
		err := tx.QueryRowContext(ctx, `select holder, since from lease where name = $1`, name).Scan(&e.Holder, &since)
		e.Since = instant(since)
		return err
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return e
}

// releaseWait is how long a release waits for a server that does not answer: the lease ends by itself.
const releaseWait = 5 * time.Second

// release ends a lease, if it is still this one.
func (r *rows) release(ctx context.Context, g *grip) {
	r.mu.Lock()
	if r.held[g.name] == g {
		delete(r.held, g.name)
	}
	r.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(ctx, releaseWait, errors.New("the server does not answer"))
	defer cancel()
	_ = r.j.commit(ctx, func(w *writer) error { // else it ends with its time
		w.exec(`update lease set until = 0 where name = $1 and fence = $2`, g.name, g.fence)
		return w.err
	})
}

// keep renews what is held, often enough that one failure does no harm.
func (r *rows) keep(ctx context.Context) {
	defer close(r.done)
	tick := time.NewTicker(r.ttl / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, g := range r.grips() {
				r.renew(ctx, g)
			}
		}
	}
}

func (r *rows) grips() []*grip {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.held))
}

// renew prolongs a lease that nobody else took since. One that was given back meanwhile stays so.
func (r *rows) renew(ctx context.Context, g *grip) {
	var kept int64
	err := r.j.commit(ctx, func(w *writer) error {
		kept = w.exec(`update lease set until = `+clock+` + $3 where name = $1 and fence = $2 and until > 0`, g.name, g.fence, int64(r.ttl))
		return w.err
	})
	if err == nil && kept == 0 {
		r.mu.Lock()
		defer r.mu.Unlock()
		g.lost = true
	}
}

// fence makes sure that the leases that this process took are its own until the transaction has ended: who wants
// to take one over waits for the row.
func (r *rows) fence(w *writer, names []string) error {
	for _, name := range names {
		r.mu.Lock()
		g := r.held[name]
		lost := g != nil && g.lost
		r.mu.Unlock()
		if g == nil {
			continue
		}
		if lost || w.exec(`update lease set until = until where name = $1 and fence = $2 and until > `+clock, name, g.fence) == 0 {
			return first(w.err, &LeasedError{Name: name, Holder: "another process, since this one did not renew it in time"})
		}
	}
	return w.err
}

func (r *rows) list(ctx context.Context) ([]Lease, error) { return r.j.leaseRows(ctx) }

// leaseRows are the leases in the table whose time is not over.
func (j *Journal) leaseRows(ctx context.Context) (all []Lease, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var l Lease
			var since int64
			err := rows.Scan(&l.Name, &l.Holder, &since)
			l.Since = instant(since)
			all = append(all, l)
			return err
		}, `select name, holder, since from lease where until > `+clock+` order by name`)
	})
	return all, err
}

// close gives back what is held.
func (r *rows) close() {
	r.stop()
	<-r.done
	for _, g := range r.grips() {
		r.release(r.ctx, g)
	}
}
