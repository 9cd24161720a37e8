package journal

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Keys of meta, and beginnings of keys. keyFits: the owner was found to go with what devices hold.
const (
	keyFits      = "fits"
	keyOwner     = "owner"
	sourcePrefix = "source:"
	factPrefix   = "fact:"
	stopPrefix   = "stop:"
)

// setMeta writes one row; the same value again changes nothing.
func (w *writer) setMeta(key, value string) {
	key, value = plain(key), plain(value)
	was, found := w.meta(key)
	if found && was == value {
		return
	}
	w.dropMeta(key)
	s := sum("meta", key, value)
	w.exec(`insert into meta (key, value, sum) values ($1, $2, $3)`, key, value, s)
	w.added("meta", s)
}

func (w *writer) dropMeta(key string) {
	w.remove("meta", `delete from meta where key = $1`, plain(key))
}

func (w *writer) meta(key string) (value string, found bool) {
	var stored int64
	if !w.get(`select value, sum from meta where key = $1`, []any{key}, &value, &stored) {
		return "", false
	}
	w.err = verify("meta", stored, key, value)
	return value, w.err == nil
}

// allMeta reads and checks every row.
func allMeta(ctx context.Context, tx *sql.Tx) (map[string]string, error) {
	all := map[string]string{}
	a := audit{table: "meta"}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var key, value string
		var stored int64
		if err := rows.Scan(&key, &value, &stored); err != nil {
			return err
		}
		all[key] = value
		return a.row(stored, key, value)
	}, `select key, value, sum from meta`)
	if err != nil {
		return nil, err
	}
	return all, a.whole(ctx, tx)
}

// Known are the sources that were read completely since the journal was made.
func (j *Journal) Known(ctx context.Context) (map[string]bool, error) {
	known := map[string]bool{}
	err := j.read(ctx, func(tx *sql.Tx) error {
		all, err := allMeta(ctx, tx)
		for key := range all {
			if name, ok := strings.CutPrefix(key, sourcePrefix); ok {
				known[name] = true
			}
		}
		return err
	})
	return known, err
}

// Know records that a source was read completely.
func (j *Journal) Know(ctx context.Context, source string) error {
	return j.write(ctx, func(w *writer) error {
		w.setMeta(sourcePrefix+source, "")
		return w.err
	})
}

// Recall answers what was remembered under a key.
func (j *Journal) Recall(ctx context.Context, key string) (value string, ok bool, err error) {
	key = factPrefix + plain(key)
	err = j.read(ctx, func(tx *sql.Tx) error {
		var stored int64
		err := tx.QueryRowContext(ctx, `select value, sum from meta where key = $1`, key).Scan(&value, &stored)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		return first(err, verify("meta", stored, key, value))
	})
	return value, ok && err == nil, err
}

// Remember keeps a small fact under a key, until Forget or another value.
func (j *Journal) Remember(ctx context.Context, key, value string) error {
	was, ok, err := j.Recall(ctx, key)
	if err != nil || ok && was == plain(value) {
		return err
	}
	return j.write(ctx, func(w *writer) error {
		w.setMeta(factPrefix+key, value)
		return w.err
	})
}

// Forget drops a fact.
func (j *Journal) Forget(ctx context.Context, key string) error {
	return j.write(ctx, func(w *writer) error {
		w.dropMeta(factPrefix + key)
		return w.err
	})
}
