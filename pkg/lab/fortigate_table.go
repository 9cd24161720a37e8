package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// fortiRow is an object of the configuration. A row in a table is never changed, only replaced, so that an answer
// can be marshalled when the lock is gone. Values are string, int, or []string for child tables.
type fortiRow map[string]any

// text is a field that holds text, or "".
func (r fortiRow) text(field string) string {
	s, _ := r[field].(string)
	return s
}

// names are the entries of a child table.
func (r fortiRow) names(field string) []string {
	s, _ := r[field].([]string)
	return s
}

// with is a copy of r with one field replaced.
func (r fortiRow) with(field string, value any) fortiRow {
	out := maps.Clone(r)
	out[field] = value
	return out
}

// digest is the sum over the fields and over the entries of child tables, so that one entry more or less changes
// it without a look at the others.
func (r fortiRow) digest(key string) fortiDigest {
	single := fortiRow{}
	var sum fortiDigest
	for field, value := range r {
		names, isChild := value.([]string)
		if !isChild {
			single[field] = value
		}
		for _, name := range names {
			sum.mix(entryDigest(key, field, name))
		}
	}
	raw, err := json.Marshal([]any{key, single})
	if err != nil {
		panic("lab: a row that is not JSON: " + err.Error())
	}
	sum.mix(sha256.Sum256(raw))
	return sum
}

// entryDigest is what an entry of a child table adds to the digest of its row.
func entryDigest(key, field, name string) fortiDigest {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", key, field, name))
}

// fortiDigest is a hash that others are mixed into, in any order.
type fortiDigest [sha256.Size]byte

// mix adds a digest, or takes it out again.
func (d *fortiDigest) mix(other fortiDigest) {
	for i, b := range other {
		d[i] ^= b
	}
}

// fortiTable is one table of the configuration of one VDOM, in the order of creation.
type fortiTable struct {
	schema  *fortiSchema
	rows    map[string]fortiRow
	digests map[string]fortiDigest
	sum     fortiDigest
	// order has a gap ("") where a row was removed, so that removing does not move the others; at are the places.
	order []string
	at    map[string]int
	// views are what was read since the last change, so that a page does not cost the whole table.
	views map[string][]fortiRow
}

func newFortiTable(s *fortiSchema) *fortiTable {
	return &fortiTable{schema: s, rows: map[string]fortiRow{}, digests: map[string]fortiDigest{}, at: map[string]int{}}
}

// revision is a hash of what the table holds: the same content has the same revision.
func (t *fortiTable) revision() string { return hex.EncodeToString(t.sum[:16]) }

func (t *fortiTable) put(key string, row fortiRow) { t.store(key, row, row.digest(key)) }

// store puts a row whose digest is known.
func (t *fortiTable) store(key string, row fortiRow, digest fortiDigest) {
	if _, ok := t.rows[key]; !ok {
		t.at[key] = len(t.order)
		t.order = append(t.order, key)
	}
	t.sum.mix(t.digests[key]) // zero for a new row
	t.sum.mix(digest)
	t.rows[key], t.digests[key] = row, digest
	t.views = nil
}

func (t *fortiTable) remove(key string) {
	t.sum.mix(t.digests[key])
	if i, ok := t.at[key]; ok {
		t.order[i] = ""
	}
	delete(t.rows, key)
	delete(t.digests, key)
	delete(t.at, key)
	t.views = nil
	if len(t.order) > 2*len(t.rows)+16 {
		t.close()
	}
}

// close closes the gaps in the order.
func (t *fortiTable) close() {
	t.order = slices.Collect(t.keys())
	for i, key := range t.order {
		t.at[key] = i
	}
}

// keys are the names of the rows in order.
func (t *fortiTable) keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, key := range t.order {
			if key != "" && !yield(key) {
				return
			}
		}
	}
}

// all are the rows in order.
func (t *fortiTable) all() []fortiRow {
	out := make([]fortiRow, 0, len(t.rows))
	for key := range t.keys() {
		out = append(out, t.rows[key])
	}
	return out
}

// view is the outcome of a reading, remembered under a name until the table changes.
func (t *fortiTable) view(name string, read func() []fortiRow) []fortiRow {
	if rows, ok := t.views[name]; ok {
		return rows
	}
	rows := read()
	if t.views == nil || len(t.views) >= maxViews {
		t.views = map[string][]fortiRow{}
	}
	t.views[name] = rows
	return rows
}

// maxViews bounds what is remembered of a table that nobody changes.
const maxViews = 8
