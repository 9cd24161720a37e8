package journal

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/var-project/var/pkg/entity"
)

// Holdings are all that is held, of every source, in order of their targets and blockers. Their targets are without
// raw objects, see Raws. What is answered is shared: who wants to change it, or what it points to, makes a copy.
//
// It was read and checked once: until something is written, the same is answered again.
func (j *Journal) Holdings(ctx context.Context) ([]entity.Holding, error) {
	j.last.mu.Lock()
	defer j.last.mu.Unlock()
	err := j.read(ctx, func(tx *sql.Tx) error {
		now, err := j.moment(ctx, tx)
		if err != nil || j.last.known && j.last.at == now {
			return err
		}
		j.last.known, j.last.held = false, nil
		held, err := holdings(ctx, tx)
		j.last.at, j.last.held, j.last.known = now, held, err == nil
		return err
	})
	if err != nil {
		return nil, err
	}
	j.sound.Store(true)
	return j.last.held, nil
}

// lastRead is what the last reading of all holdings found, and when.
type lastRead struct {
	mu    sync.Mutex
	known bool
	at    moment
	held  []entity.Holding
}

// moment tells one state of a database from another: each commit of a journal has a number, and foreign changes
// where the database tells of writers beside this one.
type moment struct{ commits, foreign int64 }

// moment is the state that a transaction sees.
func (j *Journal) moment(ctx context.Context, tx *sql.Tx) (m moment, err error) {
	if err := tx.QueryRowContext(ctx, `select last from counter where name = 'commit'`).Scan(&m.commits); err != nil {
		return m, err
	}
	m.foreign, err = j.store.foreign(ctx, tx)
	return m, err
}

// passed notes a commit of this journal that changed no holding: what was read before it still holds.
func (r *lastRead) passed(commits int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at.commits == commits-1 {
		r.at.commits = commits
	}
}

// holdings reads all rows, and checks that the elements that are asked for one by one say the same.
func holdings(ctx context.Context, tx *sql.Tx) ([]entity.Holding, error) {
	var many int
	if err := tx.QueryRowContext(ctx, `select count(*) from holding`).Scan(&many); err != nil {
		return nil, err
	}
	r := &reader{pool: newPool(), audit: audit{table: "holding"}, held: make([]entity.Holding, 0, many), elements: newDigest()}
	if err := each(ctx, tx, r.holding, `select source, kind, id, blocker, data, sum from holding`); err != nil {
		return nil, err
	}
	slices.SortFunc(r.held, byKey)
	return r.held, cmp.Or(r.audit.whole(ctx, tx), r.elements.compare(ctx, tx))
}

func byKey(a, b entity.Holding) int {
	return cmp.Or(a.Target.Ref.Compare(b.Target.Ref), cmp.Compare(a.Blocker, b.Blocker))
}

// reader reads rows of holdings.
type reader struct {
	pool     *pool
	audit    audit
	held     []entity.Holding
	elements *digest
	row      struct{ source, kind, id, blocker, data sql.RawBytes }
	kept     keptHolding
}

func (r *reader) holding(rows *sql.Rows) error {
	var stored int64
	c := &r.row
	if err := rows.Scan(&c.source, &c.kind, &c.id, &c.blocker, &c.data, &stored); err != nil {
		return err
	}
	if err := r.audit.bytes(stored, c.source, c.kind, c.id, c.blocker, c.data); err != nil {
		return err
	}
	key := holdingKey{
		entity.Ref{Source: r.pool.text(c.source), Kind: entity.Kind(r.pool.text(c.kind)), ID: string(c.id)}, r.pool.text(c.blocker),
	}
	r.kept = keptHolding{}
	if err := r.kept.read(key, c.data); err != nil {
		return err
	}
	h := r.kept.thaw(key)
	h.Target = h.Target.WithRaw(nil)
	r.pool.share(&h)
	r.held = append(r.held, h)
	for _, e := range h.Receipt.Elements {
		r.elements.add(h.Blocker, string(h.Class()), e, h.Target.Source, string(h.Target.Kind), h.Target.ID)
	}
	return nil
}
