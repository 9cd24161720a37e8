package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Holdings are all that is held, of every source, in order.
func (j *Journal) Holdings(ctx context.Context) ([]entity.Holding, error) {
	elements, err := j.elements(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := j.db.QueryContext(ctx, `select source, kind, id, blocker, label, state, since, asserted, until,
		former, adopted, reasons, devices, missing, problem, target from holding order by source, kind, id, blocker`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var held []entity.Holding
	for rows.Next() {
		h, err := scanHolding(rows)
		if err != nil {
			return nil, err
		}
		h.Receipt.Elements = elements[holdingKey{h.Target.Ref, h.Blocker}]
		held = append(held, h)
	}
	return held, rows.Err()
}

type holdingKey struct {
	ref     entity.Ref
	blocker string
}

func (j *Journal) elements(ctx context.Context) (map[holdingKey][]string, error) {
	rows, err := j.db.QueryContext(ctx, `select source, kind, id, blocker, element from element order by element`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[holdingKey][]string{}
	for rows.Next() {
		var k holdingKey
		var e string
		if err := rows.Scan(&k.ref.Source, &k.ref.Kind, &k.ref.ID, &k.blocker, &e); err != nil {
			return nil, err
		}
		all[k] = append(all[k], e)
	}
	return all, rows.Err()
}

func scanHolding(rows *sql.Rows) (entity.Holding, error) {
	var h entity.Holding
	var ref entity.Ref
	var since, asserted, until int64
	var reasons, devices, missing, target string
	err := rows.Scan(&ref.Source, &ref.Kind, &ref.ID, &h.Blocker, &h.Label, &h.State, &since, &asserted, &until,
		&h.Receipt.Former, &h.Receipt.Adopted, &reasons, &devices, &missing, &h.Problem, &target)
	if err != nil {
		return h, err
	}
	err = errors.Join(
		json.Unmarshal([]byte(reasons), &h.Reasons),
		json.Unmarshal([]byte(devices), &h.Devices),
		json.Unmarshal([]byte(missing), &h.Missing),
		json.Unmarshal([]byte(target), &h.Target),
	)
	if err != nil {
		return h, fmt.Errorf("holding of %s on %s: %w", ref, h.Blocker, err)
	}
	h.Target.Ref = ref
	h.Since, h.Asserted, h.Receipt.Until = instant(since), instant(asserted), instant(until)
	return h, nil
}

// Holders counts who holds each of the elements of a class on a blocker.
func (j *Journal) Holders(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string][]entity.Ref, error) {
	stmt, err := j.db.PrepareContext(ctx, `select source, kind, id from element where blocker = $1 and class = $2 and element = $3`)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	holders := map[string][]entity.Ref{}
	for _, e := range elements {
		refs, err := queryRefs(ctx, stmt, blocker, class, e)
		if err != nil {
			return nil, err
		}
		holders[e] = refs
	}
	return holders, nil
}

func queryRefs(ctx context.Context, stmt *sql.Stmt, args ...any) ([]entity.Ref, error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var refs []entity.Ref
	for rows.Next() {
		var r entity.Ref
		if err := rows.Scan(&r.Source, &r.Kind, &r.ID); err != nil {
			return nil, err
		}
		refs = append(refs, r)
	}
	return refs, rows.Err()
}

// Adopt records what tags say is held and the journal did not know.
func (j *Journal) Adopt(ctx context.Context, held []entity.Holding) error {
	return j.write(ctx, func(w *writer) error {
		for _, h := range held {
			w.put(h)
		}
		return w.err
	})
}

func instant(unixNano int64) time.Time {
	if unixNano == 0 {
		return time.Time{}
	}
	return time.Unix(0, unixNano).UTC()
}

func nano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
