package lab

import (
	"net/http"
	"slices"
)

// applyChild works on a child table, such as the members of a group, one entry at a time: other entries are not
// touched, whoever changes them at the same moment.
func (f *FortiGate) applyChild(v *fortiVDOM, t *fortiTable, q *fortiRequest, e *fortiEnvelope) error {
	row, ok := t.rows[q.key()]
	if !ok {
		return noSuchEntry(q.key())
	}
	if _, ok := t.schema.defaults[q.child()].([]string); !ok {
		return &fortiError{status: http.StatusNotFound}
	}
	names := row.names(q.child())
	switch {
	case q.method == http.MethodGet:
		return listChild(names, q, e)
	case q.method == http.MethodPost && q.childKey() == "":
		return f.appendChild(v, t, q, e)
	case q.method == http.MethodDelete && q.childKey() != "":
		return f.removeChild(v, t, q, e)
	}
	return notAllowed()
}

func listChild(names []string, q *fortiRequest, e *fortiEnvelope) error {
	all := len(names)
	if name := q.childKey(); name != "" {
		if !slices.Contains(names, name) {
			return noSuchEntry(name)
		}
		names = []string{name}
	}
	matched, limited := len(names), false
	e.Size, e.Matched, e.Next, e.LimitReached = &all, &matched, &matched, &limited
	e.Results = fortiEntries(names)
	return nil
}

func (f *FortiGate) appendChild(v *fortiVDOM, t *fortiTable, q *fortiRequest, e *fortiEnvelope) error {
	added := asNames(q.body)
	if len(added) == 0 {
		return &fortiError{status: http.StatusFailedDependency, code: fortiBlank, cli: "the name is missing"}
	}
	row := t.rows[q.key()]
	names := row.names(q.child())
	e.MKey = added[0]
	if slices.Contains(names, added[0]) {
		if f.duplicateOK {
			return nil
		}
		return refuse(fortiDuplicate, "a duplicate entry already exists\n\nobject set operator error, -5 discard the setting")
	}
	return f.replaceChild(v, t, q, append(slices.Clone(names), added[0]), added[0], 1)
}

func (f *FortiGate) removeChild(v *fortiVDOM, t *fortiTable, q *fortiRequest, e *fortiEnvelope) error {
	names := t.rows[q.key()].names(q.child())
	i := slices.Index(names, q.childKey())
	if i < 0 {
		return noSuchEntry(q.childKey())
	}
	e.MKey = q.childKey()
	return f.replaceChild(v, t, q, slices.Delete(slices.Clone(names), i, i+1), names[i], -1)
}

// replaceChild stores a child table that has one entry more or less. Of a group only a new member is looked at:
// the others were when they came.
func (f *FortiGate) replaceChild(v *fortiVDOM, t *fortiTable, q *fortiRequest, names []string, name string, more int) error {
	row := t.rows[q.key()].with(q.child(), names)
	looked := row
	if t.isGroups() {
		looked = row.with(q.child(), names[len(names)-max(more, 0):])
	}
	if err := t.schema.settle(v, looked); err != nil {
		return err
	}
	if err := f.checkMembers(t, row); err != nil {
		return err
	}
	v.putEntry(t, q.key(), row, q.child(), name, more)
	return nil
}
