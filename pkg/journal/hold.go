package journal

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// putAtOnce is how many holdings are made ready to be written at a time: a lost journal may have to be adopted whole.
const putAtOnce = 1000

// Adopt records what tags say is held and the journal did not know, in one commit.
func (j *Journal) Adopt(ctx context.Context, held []entity.Holding) error {
	return j.write(ctx, func(w *writer) error {
		for part := range slices.Chunk(held, putAtOnce) {
			for some := range apart(part, func(h entity.Holding) holdingKey { return keyOf(&h) }) {
				w.put(some)
			}
		}
		return w.err
	})
}

// Drop takes holdings and their open intents off the record without touching a device, and says in the
// history who wanted it.
func (j *Journal) Drop(ctx context.Context, held []entity.Holding, by entity.By) error {
	return j.write(ctx, func(w *writer) error {
		gone := map[holdingKey]bool{}
		events := make([]entity.Event, len(held))
		for i, h := range held {
			gone[keyOf(&h)] = true
			events[i] = entity.Event{
				At: by.At, Action: entity.EventForget, Ref: h.Target.Ref, Name: h.Target.Name, Blocker: h.Blocker,
				Elements: h.Receipt.Elements, By: by,
			}
		}
		w.tell(events...)
		w.drop(slices.Collect(maps.Keys(gone)))
		w.dropIntents(gone)
		return w.err
	})
}

// apart cuts a list where a key comes again, so that what is done with each part at once may be done in any order.
func apart[T any, K comparable](all []T, key func(T) K) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		seen, start := map[K]bool{}, 0
		for i := range all {
			if k := key(all[i]); seen[k] {
				if !yield(all[start:i]) {
					return
				}
				clear(seen)
				start = i
			}
			seen[key(all[i])] = true
		}
		if start < len(all) {
			yield(all[start:])
		}
	}
}

// spot is what many keys of holdings have in common.
type spot struct {
	source  string
	kind    entity.Kind
	blocker string
}

func (s spot) among(query string) among[string] {
	return among[string]{
		query: query + ` where source = $1 and kind = $2 and blocker = $3 and id in`,
		args:  []any{s.source, string(s.kind), s.blocker},
	}
}

// bySpot are the ids of keys.
func bySpot(keys []holdingKey) map[spot][]string {
	ids := map[spot][]string{}
	for _, k := range keys {
		at := spot{k.ref.Source, k.ref.Kind, k.blocker}
		ids[at] = append(ids[at], k.ref.ID)
	}
	return ids
}

// heldRow is a row of a holding that is there.
type heldRow struct {
	keptHolding
	sum int64
}

// holdings are those of some keys that are there.
func (w *writer) holdings(keys []holdingKey) map[holdingKey]heldRow {
	found := make(map[holdingKey]heldRow, len(keys))
	for at, ids := range bySpot(keys) {
		err := at.among(`select id, data, sum from holding`).each(w.asker(), ids, func(rows *sql.Rows) error {
			k := holdingKey{entity.Ref{Source: at.source, Kind: at.kind}, at.blocker}
			var data string
			var row heldRow
			if err := rows.Scan(&k.ref.ID, &data, &row.sum); err != nil {
				return err
			}
			err := first(verify("holding", row.sum, append(k.columns(), data)...), row.read(k, []byte(data)))
			found[k] = row
			return err
		})
		w.err = first(w.err, err)
	}
	return found
}

// put writes holdings of different keys. One that was there keeps its beginning, and what the new one does not know:
// the last time a device confirmed it, its reasons, its place, and the raw object of its target.
func (w *writer) put(held []entity.Holding) {
	keys := make([]holdingKey, len(held))
	for i := range held {
		keys[i] = keyOf(&held[i])
	}
	was := w.holdings(keys)
	b := putting{w: w}
	for i, h := range held {
		old, found := was[keys[i]]
		b.add(keys[i], h, old, found)
	}
	b.write()
}

// putting gathers the rows of holdings that are written at once.
type putting struct {
	w        *writer
	holdings [][]any
	elements [][]any
	raws     [][]any
	// moved are those that were there with other elements, bare those whose raw object is out of date.
	moved, bare []holdingKey
}

func (p *putting) add(k holdingKey, h entity.Holding, was heldRow, found bool) {
	if found {
		inherit(&h, was.keptHolding)
		p.w.removed("holding", was.sum)
	}
	f := freeze(h, p.raw(k, h.Target, was.keptHolding))
	data := p.w.text(f)
	s := sum("holding", append(k.columns(), data)...)
	p.w.added("holding", s)
	p.holdings = append(p.holdings, []any{k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker, data, s})
	if found && slices.Equal(was.Receipt.Elements, f.Receipt.Elements) {
		return
	}
	if found {
		p.moved = append(p.moved, k)
	}
	for _, e := range f.Receipt.Elements {
		p.elements = append(p.elements, []any{h.Blocker, string(h.Class()), e, k.ref.Source, string(k.ref.Kind), k.ref.ID})
	}
}

// inherit keeps of a holding that was there what the new one does not know.
func inherit(h *entity.Holding, was keptHolding) {
	h.Since = earlier(was.Since, h.Since)
	if h.Asserted.IsZero() {
		h.Asserted = was.Asserted
	}
	if len(h.Reasons) == 0 {
		h.Reasons = was.Reasons
	}
	h.Place = cmp.Or(h.Place, was.Place)
}

// earlier is when a holding began: the first word counts.
func earlier(was, now time.Time) time.Time {
	if was.IsZero() {
		return now
	}
	return was
}

func (p *putting) write() {
	w := p.w
	w.holds = true
	w.insert(`holding (source, kind, id, blocker, data, sum)`,
		`on conflict (source, kind, id, blocker) do update set data = excluded.data, sum = excluded.sum`, p.holdings)
	w.takeElements(p.moved)
	w.insert(`element (blocker, class, element, source, kind, id)`, ``, p.elements)
	w.dropRaws(p.bare)
	w.insert(`raw (source, kind, id, blocker, data, sum)`, ``, p.raws)
}

func (w *writer) takeElements(keys []holdingKey) {
	for at, ids := range bySpot(keys) {
		for query, args := range at.among(`delete from element`).statements(w.direct, ids) {
			w.exec(query, args...)
		}
	}
}

// drop ends holdings.
func (w *writer) drop(keys []holdingKey) {
	w.holds = true
	w.takeElements(keys)
	w.dropRaws(keys)
	for at, ids := range bySpot(keys) {
		removeAmong(w, "holding", at.among(`delete from holding`), ids)
	}
}
