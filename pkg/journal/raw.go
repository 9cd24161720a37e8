package journal

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/var-project/var/pkg/entity"
)

// Raws are the brain's own objects of targets that a blocker holds, as they were when they were blocked. A target of
// which none was kept is left out.
func (j *Journal) Raws(ctx context.Context, blocker string, refs []entity.Ref) (map[entity.Ref]json.RawMessage, error) {
	keys := make([]holdingKey, len(refs))
	for i, r := range refs {
		keys[i] = holdingKey{r, blocker}
	}
	raws := make(map[entity.Ref]json.RawMessage, len(refs))
	err := j.read(ctx, func(tx *sql.Tx) error {
		for at, ids := range bySpot(keys) {
			if err := at.raws(j.in(ctx, tx), ids, raws); err != nil {
				return err
			}
		}
		return nil
	})
	return raws, err
}

// raws reads the objects of the holdings at a spot, and checks that none is missing.
func (s spot) raws(ask asker, ids []string, into map[entity.Ref]json.RawMessage) error {
	err := s.among(`select id, data, sum from raw`).each(ask, ids, func(rows *sql.Rows) error {
		ref, data, err := s.scan(rows, "raw")
		into[ref] = json.RawMessage(data)
		return err
	})
	if err != nil {
		return err
	}
	return s.among(`select id, data, sum from holding`).each(ask, ids, func(rows *sql.Rows) error {
		ref, data, err := s.scan(rows, "holding")
		if err != nil {
			return err
		}
		return s.complete(ref, data, into)
	})
}

func (s spot) scan(rows *sql.Rows, table string) (ref entity.Ref, data string, err error) {
	ref = entity.Ref{Source: s.source, Kind: s.kind}
	var stored int64
	if err := rows.Scan(&ref.ID, &data, &stored); err != nil {
		return ref, "", err
	}
	return ref, data, verify(table, stored, append(holdingKey{ref, s.blocker}.columns(), data)...)
}

// complete finds the object of a holding that was written when it stood with it, and one that is gone.
func (s spot) complete(ref entity.Ref, data string, raws map[entity.Ref]json.RawMessage) error {
	if raws[ref] != nil {
		return nil
	}
	var kept keptHolding
	if err := kept.read(holdingKey{ref, s.blocker}, []byte(data)); err != nil {
		return err
	}
	if kept.HasRaw {
		return &rotten{"a row of the table raw is gone"}
	}
	if raw := kept.Target.Raw(); raw != nil {
		raws[ref] = raw
	}
	return nil
}

// auditRaws checks every row of the table.
func auditRaws(ctx context.Context, tx *sql.Tx) error {
	a := audit{table: "raw"}
	row := make([]sql.RawBytes, 5)
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var stored int64
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &stored); err != nil {
			return err
		}
		return a.bytes(stored, row...)
	}, `select source, kind, id, blocker, data, sum from raw`)
	return first(err, a.whole(ctx, tx))
}

// raw says whether a holding has a raw object from now on, and gathers what changes. The one that is there is kept
// when no new one came, unless it tells of another address: a program that gets it would act on that.
func (p *putting) raw(k holdingKey, t entity.Target, was keptHolding) bool {
	now := t.Raw()
	if len(now) == 0 && t.SameAddress(&was.Target) {
		if was.HasRaw {
			return true
		}
		now = was.Target.Raw()
	}
	if was.HasRaw {
		p.bare = append(p.bare, k)
	}
	if len(now) == 0 {
		return false
	}
	data := p.w.text(now)
	s := sum("raw", append(k.columns(), data)...)
	p.w.added("raw", s)
	p.raws = append(p.raws, []any{k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker, data, s})
	return true
}

func (w *writer) dropRaws(keys []holdingKey) {
	for at, ids := range bySpot(keys) {
		removeAmong(w, "raw", at.among(`delete from raw`), ids)
	}
}
