// Package journal is the local crash-safe record: what was about to be done, what is held, what persons decided,
// what was done, and which notes are still to be written. It lives in a file or on a PostgreSQL server.
package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ErrAbsent says that there is no journal, or one of an older schema, to read from without writing.
var ErrAbsent = errors.New("no journal yet")

// Journal is one open database. It may be used by many goroutines.
type Journal struct {
	db     *sql.DB
	store  store
	leases leaser
	mark   *mark
	owner  string
	fresh  bool
	lost   string
	server bool

	// gate is held for reading by each transaction; damage is why there are no more.
	gate   sync.RWMutex
	damage error
	// sound: the holdings were checked once.
	sound atomic.Bool
	last  lastRead
}

// store is what differs between kinds of databases.
type store interface {
	// name is the database for messages; it holds no secret.
	name() string
	// tables counts those with a name that the present connection sees.
	tables(ctx context.Context, tx *sql.Tx, name string) (int, error)
	// migrate brings the schema to the newest version; others that try it meanwhile wait.
	migrate(ctx context.Context, db *sql.DB) error
	// foreign is a number that changes when somebody else wrote to the database; 0 where it has none.
	foreign(ctx context.Context, tx *sql.Tx) (int64, error)
	// explain says what an error of the database means for the operator.
	explain(err error) error
}

type options struct {
	password  string
	leaseTime time.Duration
	now       func() time.Time
}

// Option is something that not every database needs.
type Option func(*options)

// Password is what a database server asks for. It never stands in the URL.
func Password(text string) Option { return func(o *options) { o.password = text } }

// LeaseTime is how long a process that stops renewing its leases on a server keeps them; 30 s when not given. The
// parameter lease_time of the address has the last word, since all who share a database must agree.
// Files need none: the kernel drops their locks with the process.
func LeaseTime(d time.Duration) Option { return func(o *options) { o.leaseTime = d } }

// A lease that is shorter than this would end while its holder waits for the database.
const (
	defaultLeaseTime = 30 * time.Second
	shortestLease    = time.Second
)

func gather(opts []Option) options {
	o := options{leaseTime: defaultLeaseTime, now: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Open opens the journal at a URL "sqlite:///path/var.db" or "postgres://user@host/database", creates and migrates
// it when needed, and writes to it once: what cannot be written to is an error here. owner is the configured one;
// when it is empty the one made at first use holds. A damaged file is set aside, with a *DamagedError.
func Open(ctx context.Context, url, owner string, opts ...Option) (*Journal, error) {
	if isServer(url) {
		return openServer(ctx, url, owner, gather(opts))
	}
	path, err := sqlitePath(url)
	if err != nil {
		return nil, err
	}
	return openFile(ctx, path, owner, gather(opts))
}

// OpenReadOnly opens an existing journal without writing anything. It answers
// ErrAbsent when there is none of the present schema.
func OpenReadOnly(ctx context.Context, url, owner string, opts ...Option) (*Journal, error) {
	if isServer(url) {
		return lookAtServer(ctx, url, owner, gather(opts))
	}
	path, err := sqlitePath(url)
	if err != nil {
		return nil, err
	}
	return lookAtFile(ctx, path, owner, gather(opts))
}

func isServer(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Close releases the leases and the database.
func (j *Journal) Close() error {
	j.leases.close()
	var err error
	if j.db != nil {
		err = j.db.Close()
	}
	return errors.Join(err, j.mark.close())
}

// Owner marks what this installation puts on devices.
func (j *Journal) Owner() string { return j.owner }

// Fresh reports that the journal is new and that its owner was not yet found to go with what devices hold.
func (j *Journal) Fresh() bool { return j.fresh }

// Lost says what became of a journal that was here before this one, which is new; empty: there was none.
func (j *Journal) Lost() string { return j.lost }

// OwnerFits records that the owner goes with what devices hold: the journal is fresh no more.
func (j *Journal) OwnerFits(ctx context.Context) error {
	if !j.fresh {
		return nil
	}
	err := j.write(ctx, func(w *writer) error {
		w.setMeta(keyFits, "")
		return w.err
	})
	j.fresh = err != nil
	return err
}

// prepare brings a database to the present schema and writes to it once.
func (j *Journal) prepare(ctx context.Context, owner string) error {
	err := j.known(ctx)
	if errors.Is(err, ErrAbsent) {
		err = j.migrate(ctx)
	}
	if err != nil {
		return err
	}
	return j.write(ctx, func(w *writer) error {
		if n := j.mark.behind(w.commits - 1); n > 0 {
			return lacks(n)
		}
		all, err := allMeta(ctx, w.tx)
		if err != nil {
			return err
		}
		j.learn(all, owner)
		if j.owner == "" {
			j.owner = newOwner()
		}
		w.setMeta(keyOwner, j.owner)
		return w.err
	})
}

func (j *Journal) migrate(ctx context.Context) error {
	version, err := j.version(ctx)
	if err == nil && version == 0 && j.mark.behind(0) > 0 {
		err = j.explain(&rotten{"its tables are gone"})
	}
	if err != nil {
		return err
	}
	if err := j.store.migrate(ctx, j.db); err != nil {
		return j.explain(err)
	}
	return j.known(ctx)
}

// inspect reads what a look needs.
func (j *Journal) inspect(ctx context.Context, owner string) error {
	if err := j.known(ctx); err != nil {
		return err
	}
	return j.read(ctx, func(tx *sql.Tx) error {
		all, err := allMeta(ctx, tx)
		j.learn(all, owner)
		return err
	})
}

// learn takes from the journal what is asked of it often. The configured owner counts.
func (j *Journal) learn(meta map[string]string, owner string) {
	_, fits := meta[keyFits]
	j.fresh = !fits
	if j.owner = owner; owner == "" {
		j.owner = meta[keyOwner]
	}
}

// explain says what an error means, and ends the use of a journal that is damaged. No transaction is open then.
func (j *Journal) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case isDamage(err):
		return j.spoiled(err)
	}
	return j.store.explain(err)
}

func newOwner() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func newerSchema(version int) error {
	return fmt.Errorf("its schema is %d, this program knows %d: install the newer var again", version, newest)
}
