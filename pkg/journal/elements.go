package journal

import (
	"context"
	"database/sql"
	"hash/maphash"

	"github.com/var-project/var/pkg/entity"
)

// digest is a set of rows of which only their number and the sum of their hashes are kept: enough to tell whether
// two sets are the same, in whatever order they are read.
type digest struct {
	seed maphash.Seed
	many int
	sum  uint64
	text []byte
}

func newDigest() *digest { return &digest{seed: maphash.MakeSeed()} }

func (d *digest) add(columns ...string) { include(d, columns) }

func include[T ~string | ~[]byte](d *digest, columns []T) {
	d.text = d.text[:0]
	for _, c := range columns {
		d.text = column(d.text, c)
	}
	d.many++
	d.sum += maphash.Bytes(d.seed, d.text)
}

// compare checks the table of elements against those of the holdings.
func (d *digest) compare(ctx context.Context, tx *sql.Tx) error {
	found := &digest{seed: d.seed}
	row := make([]sql.RawBytes, 6)
	err := each(ctx, tx, func(rows *sql.Rows) error {
		err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5])
		include(found, row)
		return err
	}, `select blocker, class, element, source, kind, id from element`)
	if err == nil && (found.many != d.many || found.sum != d.sum) {
		err = &rotten{"the elements that it lists are not those of its holdings"}
	}
	return err
}

// Holders says who holds each of the elements of a class on a blocker.
func (j *Journal) Holders(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string][]entity.Ref, error) {
	if !j.sound.Load() {
		if _, err := j.Holdings(ctx); err != nil {
			return nil, err
		}
	}
	holders := make(map[string][]entity.Ref, len(elements))
	for _, e := range elements {
		holders[e] = nil
	}
	err := j.read(ctx, func(tx *sql.Tx) error {
		q := among[string]{
			query: `select element, source, kind, id from element where blocker = $1 and class = $2 and element in`,
			args:  []any{blocker, string(class)}, end: `order by source, kind, id`,
		}
		return q.each(j.in(ctx, tx), elements, func(rows *sql.Rows) error {
			var e string
			var r entity.Ref
			err := rows.Scan(&e, &r.Source, &r.Kind, &r.ID)
			holders[e] = append(holders[e], r)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return holders, nil
}
