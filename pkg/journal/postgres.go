package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// server is a database on a PostgreSQL server.
type server struct{ address string }

func (s server) name() string { return s.address }

func (s server) tables(ctx context.Context, tx *sql.Tx, name string) (n int, err error) {
	err = tx.QueryRowContext(ctx, `select count(*) from information_schema.tables
		where table_schema = current_schema() and table_name = $1`, name).Scan(&n)
	return n, err
}

func (s server) migrate(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return err
	}
	return up(ctx, db, goose.DialectPostgres, goose.WithSessionLocker(locker))
}

// foreign: a server tells nobody. Its own journals number their commits.
func (s server) foreign(context.Context, *sql.Tx) (int64, error) { return 0, nil }

func openServer(ctx context.Context, address, owner string, o options) (*Journal, error) {
	j, err := dial(address, &o, nil)
	if err != nil {
		return nil, err
	}
	j.leases = newRows(ctx, j, o.leaseTime)
	if err := j.prepare(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", j.store.name(), err), j.Close())
	}
	return j, nil
}

// openServerPlain opens a database that may be damaged.
func openServerPlain(ctx context.Context, address string, o options) (*Journal, error) {
	j, err := dial(address, &o, nil)
	if err != nil {
		return nil, err
	}
	err = j.known(ctx)
	if errors.Is(err, ErrAbsent) {
		err = j.migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", j.store.name(), err), j.Close())
	}
	return j, nil
}

func lookAtServer(ctx context.Context, address, owner string, o options) (*Journal, error) {
	j, err := dial(address, &o, map[string]string{"default_transaction_read_only": "on"})
	if err != nil {
		return nil, err
	}
	j.leases = &looking{newLocal(o.now), j.leaseRows}
	if err := j.inspect(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("state %s: %w", j.store.name(), err), j.Close())
	}
	return j, nil
}

// connections is the most that one process opens: it has one writer, and some who ask.
const connections = 4

// leaseTime is the part of an address that is ours: all processes that share a database share it too.
const leaseTime = "lease_time"

func dial(address string, o *options, settings map[string]string) (*Journal, error) {
	address, err := o.takeFrom(address)
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", address, err)
	}
	if o.password != "" {
		c.Password = o.password
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	defaults := sessionDefaults()
	maps.Copy(defaults, c.RuntimeParams)
	maps.Copy(defaults, settings)
	c.RuntimeParams = defaults
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(connections)
	return &Journal{db: db, store: server{address}, leases: newLocal(o.now), server: true}, nil
}

// takeFrom takes from an address what is ours, and refuses a secret in it.
func (o *options) takeFrom(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the address of the database cannot be read: want postgres://user@host/database")
	}
	if _, secret := u.User.Password(); secret {
		return "", errors.New(`a password never stands in the address: store it with "var secret set state.password"`)
	}
	query := u.Query()
	if !query.Has(leaseTime) {
		return address, nil
	}
	if o.leaseTime, err = time.ParseDuration(query.Get(leaseTime)); err != nil || o.leaseTime < shortestLease {
		return "", fmt.Errorf("%s in the address must be a time of at least %v, such as %s=30s", leaseTime, shortestLease, leaseTime)
	}
	query.Del(leaseTime)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// sessionDefaults make commits durable, and keep a process that hangs from holding up the others: the server
// ends its transaction.
func sessionDefaults() map[string]string {
	return map[string]string{
		"application_name":                    "var",
		"synchronous_commit":                  "on",
		"lock_timeout":                        "30s",
		"idle_in_transaction_session_timeout": "15s",
	}
}

// What a server's answers mean for the operator, by the codes of PostgreSQL (appendix A of its manual).
var cures = map[string]string{
	"53100": "there is no space left for it: make room on the server",
	"25006": "the server takes no writes: name the primary, not a standby",
	"28P01": `the server refuses the password: store the right one with "var secret set state.password"`,
	"28000": "the server refuses this user from here: see its pg_hba.conf",
	"3D000": "the database does not exist: create it, or name another in state",
	"42501": "the user of the database may not do this: make it the owner of the schema",
	"55P03": "another process keeps it locked: look for one that hangs",
}

func (s server) explain(err error) error {
	var answer *pgconn.PgError
	if errors.As(err, &answer) && cures[answer.Code] != "" {
		return fmt.Errorf("journal: %s: %w", cures[answer.Code], err)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return fmt.Errorf("journal: the server cannot be reached: %w", err)
	}
	return fmt.Errorf("journal: %w", err)
}
