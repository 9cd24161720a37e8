package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

func (r fortiRow) digest() [sha256.Size]byte {
	raw, err := json.Marshal(r)
	if err != nil {
		panic("lab: a row that is not JSON: " + err.Error())
	}
	return sha256.Sum256(raw)
}

// fortiTable is one table of the configuration of one VDOM, in the order of creation.
type fortiTable struct {
	schema *fortiSchema
	rows   map[string]fortiRow
	order  []string
	sum    [sha256.Size]byte
}

func newFortiTable(s *fortiSchema) *fortiTable {
	return &fortiTable{schema: s, rows: map[string]fortiRow{}}
}

// revision is a hash of what the table holds: the same content has the same revision.
func (t *fortiTable) revision() string { return hex.EncodeToString(t.sum[:16]) }

func (t *fortiTable) put(key string, row fortiRow) {
	if old, ok := t.rows[key]; ok {
		t.mix(old)
	} else {
		t.order = append(t.order, key)
	}
	t.rows[key] = row
	t.mix(row)
}

func (t *fortiTable) remove(key string) {
	t.mix(t.rows[key])
	delete(t.rows, key)
	if i := slices.Index(t.order, key); i >= 0 {
		t.order = slices.Delete(t.order, i, i+1)
	}
}

// mix adds a row to the sum, or takes it out again, without looking at the others.
func (t *fortiTable) mix(row fortiRow) {
	for i, b := range row.digest() {
		t.sum[i] ^= b
	}
}

// all are the rows in order.
func (t *fortiTable) all() []fortiRow {
	out := make([]fortiRow, 0, len(t.order))
	for _, key := range t.order {
		out = append(out, t.rows[key])
	}
	return out
}
