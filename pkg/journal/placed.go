package journal

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// place remembers what settlements put on devices. What was adopted from tags may be another's.
func (w *writer) place(settlements []entity.Settlement) {
	type key struct {
		blocker string
		class   entity.Class
		element string
	}
	last := map[key]int64{}
	for _, s := range settlements {
		for _, e := range put(s) {
			k := key{s.Holding.Blocker, s.Holding.Class(), e}
			last[k] = max(last[k], nano(s.Intent.At))
		}
	}
	rows := make([][]any, 0, len(last))
	for k, at := range last {
		rows = append(rows, []any{k.blocker, string(k.class), k.element, at, sumPlaced(k.blocker, k.class, k.element, at)})
	}
	w.insert(`placed (blocker, class, element, at, sum)`,
		`on conflict (blocker, class, element) do update set at = excluded.at, sum = excluded.sum`, rows)
}

// put are the elements that a settlement put on devices.
func put(s entity.Settlement) []string {
	if s.Holding == nil || !isPut(s.Intent.Action) {
		return nil
	}
	if !s.Intent.Receipt.Adopted {
		return s.Holding.Receipt.Elements
	}
	return slices.DeleteFunc(slices.Clone(s.Holding.Receipt.Elements), func(e string) bool {
		return slices.Contains(s.Intent.Receipt.Elements, e)
	})
}

func sumPlaced(blocker string, class entity.Class, element string, at int64) int64 {
	return sum("placed", blocker, string(class), element, strconv.FormatInt(at, 10))
}

// Placed says which elements of a class this installation once put on a blocker's devices.
func (j *Journal) Placed(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string]bool, error) {
	placed := make(map[string]bool, len(elements))
	a := among[string]{
		query: `select element, at, sum from placed where blocker = $1 and class = $2 and element in`, args: []any{blocker, string(class)},
	}
	err := j.read(ctx, func(tx *sql.Tx) error {
		return a.each(j.in(ctx, tx), elements, func(rows *sql.Rows) error {
			var e string
			var at, stored int64
			if err := rows.Scan(&e, &at, &stored); err != nil {
				return err
			}
			placed[e] = true
			return verify("placed", stored, blocker, string(class), e, strconv.FormatInt(at, 10))
		})
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}
