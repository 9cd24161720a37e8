package lab

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// config answers a request about the configuration of one VDOM.
func (f *FortiGate) config(v *fortiVDOM, q *fortiRequest) fortiEnvelope {
	t := v.tables[q.table()]
	if t == nil && q.table() == "system/status" && !q.writes() {
		return f.envelope(v, q) // not a table, but clients try their token here
	}
	if t == nil {
		return f.failed(v, q, &fortiError{status: http.StatusNotFound})
	}
	before := t.revision()
	e := f.envelope(v, q)
	err := f.apply(v, t, q, &e)
	if err != nil {
		return f.failed(v, q, asFortiError(err))
	}
	e.Revision = t.revision()
	if q.writes() {
		changed := e.Revision != before
		e.RevisionChanged, e.OldRevision = &changed, before
	}
	return e
}

func (f *FortiGate) apply(v *fortiVDOM, t *fortiTable, q *fortiRequest, e *fortiEnvelope) error {
	switch {
	case q.writes() && t.schema.readOnly:
		return notAllowed()
	case q.child() != "":
		return f.applyChild(v, t, q, e)
	case !q.writes() && q.query.Get("action") == "schema":
		e.Results = t.schema.shown()
		return nil
	case !q.writes():
		return f.list(t, q, e)
	case q.method == http.MethodPost && q.key() == "":
		return f.create(v, t, q.body, e)
	case q.method == http.MethodPut && q.key() != "":
		return f.update(v, t, q.key(), q.body, e)
	case q.method == http.MethodDelete && q.key() != "":
		e.MKey = q.key()
		return f.destroy(v, t, q.key())
	}
	return notAllowed()
}

func (f *FortiGate) create(v *fortiVDOM, t *fortiTable, body map[string]any, e *fortiEnvelope) error {
	key := t.schema.keyOf(body)
	if t.schema.table() == tablePolicy && (key == "" || key == "0") {
		key = strconv.Itoa(v.freePolicy())
	}
	if key == "" {
		return &fortiError{status: http.StatusFailedDependency, code: fortiBlank, cli: "the name is missing"}
	}
	row := t.schema.merge(t.schema.blank(), body)
	row[t.schema.key] = coerce(t.schema.defaults[t.schema.key], key)
	if err := f.checkNew(v, t, key); err != nil {
		return err
	}
	if _, ok := row["uuid"]; ok && row.text("uuid") == "" {
		row["uuid"] = f.uuid(v, t, key)
	}
	if err := f.check(v, t, row); err != nil {
		return err
	}
	v.put(t, key, row)
	e.MKey = row[t.schema.key]
	return nil
}

// checkNew tells whether an object of that name may come into being.
func (f *FortiGate) checkNew(v *fortiVDOM, t *fortiTable, key string) error {
	if err := checkName(t.schema, key); err != nil {
		return err
	}
	if _, ok := t.rows[key]; ok {
		return refuse(fortiDuplicate, "a duplicate entry already exists\n\nobject set operator error, -5 discard the setting")
	}
	if v.clashes(t.schema.table(), key) {
		return refuse(fortiNameClash, "the name %s is already used by an address or address group", key)
	}
	if f.objectsFull(v, t) {
		return refuse(fortiFull, "The maximum number of entries has been reached (%d)", f.cfg.ObjectLimit)
	}
	return nil
}

func (f *FortiGate) objectsFull(v *fortiVDOM, t *fortiTable) bool {
	table := t.schema.table()
	if f.cfg.ObjectLimit <= 0 || table != tableAddress && table != tableAddress6 {
		return false
	}
	return len(v.tables[tableAddress].rows)+len(v.tables[tableAddress6].rows) >= f.cfg.ObjectLimit
}

// clashes tells whether the other table of the same name space has the name.
func (v *fortiVDOM) clashes(table, key string) bool {
	other := map[string]string{
		tableAddress: tableGroup, tableGroup: tableAddress, tableAddress6: tableGroup6, tableGroup6: tableAddress6,
	}[table]
	return other != "" && v.has(other, key)
}

func checkName(s *fortiSchema, key string) error {
	if s.keyLimit > 0 && len(key) > s.keyLimit {
		return refuse(fortiTooLong, "the string is too long, at most %d characters", s.keyLimit)
	}
	if strings.ContainsAny(key, `"'<>`) {
		return refuse(fortiXSS, "The string contains XSS vulnerability characters")
	}
	return nil
}

// check looks at the content of a row that is to be stored, and brings it into the form of the device.
func (f *FortiGate) check(v *fortiVDOM, t *fortiTable, row fortiRow) error {
	comment := cmp.Or(row.text("comment"), row.text("comments"))
	if len(comment) > 255 {
		return refuse(fortiTooLong, "the comment is too long, at most 255 characters")
	}
	if strings.ContainsAny(comment, "<>") {
		return refuse(fortiXSS, "The string contains XSS vulnerability characters")
	}
	if err := t.schema.settle(v, row); err != nil {
		return err
	}
	if t.schema.table() == tableFeed && row.text("update-method") == feedPush && !f.pushes() {
		return refuse(fortiBadValue, "value parse error before '%s'", feedPush)
	}
	return f.checkMembers(t, row)
}

func (f *FortiGate) update(v *fortiVDOM, t *fortiTable, key string, body map[string]any, e *fortiEnvelope) error {
	old, ok := t.rows[key]
	if !ok {
		return noSuchEntry(key)
	}
	e.MKey = old[t.schema.key]
	row := t.schema.merge(old.with(t.schema.key, old[t.schema.key]), body)
	if err := f.check(v, t, row); err != nil {
		return err
	}
	if to := asText(row[t.schema.key]); to != key {
		if err := f.checkNew(v, t, to); err != nil {
			return err
		}
		v.rename(t, key, to)
		key = to
	}
	v.put(t, key, row)
	return nil
}

func (f *FortiGate) destroy(v *fortiVDOM, t *fortiTable, key string) error {
	if _, ok := t.rows[key]; !ok {
		return noSuchEntry(key)
	}
	if n := v.inUse(t, key); n > 0 || isBuiltin(t.schema.table(), key) {
		return refuse(fortiInUse, "The entry is used by other %d entries", max(n, 1))
	}
	v.remove(t, key)
	return nil
}

// uuid is made from the name, so that two runs of a test see the same.
func (f *FortiGate) uuid(v *fortiVDOM, t *fortiTable, key string) string {
	v.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%s/%s/%d", f.cfg.Serial, v.name, t.schema.table(), key, v.serial))
	return fmt.Sprintf("%x-%x-51%x-%x-%x", sum[0:4], sum[4:6], sum[6:7], sum[8:10], sum[10:16])
}

func (v *fortiVDOM) freePolicy() int {
	highest := 0
	for key := range v.tables[tablePolicy].rows {
		n, _ := strconv.Atoi(key) // keys of policies are numbers
		highest = max(highest, n)
	}
	return highest + 1
}
