package journal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Renamed says what kind of thing has another name.
type Renamed string

// The things whose names stand in the journal.
const (
	RenamedSource  Renamed = "source"
	RenamedBlocker Renamed = "blocker"
	RenamedDevice  Renamed = "device"
)

// Renaming is one name that becomes another.
type Renaming struct {
	Kind     Renamed
	Old, New string
	// Blocker is the one that a device belongs to, by its name of now.
	Blocker string
	// Fact gives what was remembered its new key and value; nil: nothing that was remembered holds the name.
	Fact func(key, value string) (newKey, newValue string)
}

// TakenError says that the journal knows the new name already.
type TakenError struct {
	Renaming Renaming
	Table    string
}

// Error says what is in the way, and the cure.
func (e *TakenError) Error() string {
	return fmt.Sprintf("the journal has a %s for a %s %q already: release or forget it first, or take another name", e.Table, e.Renaming.Kind, e.Renaming.New)
}

// Renameable is a *TakenError when a source or blocker cannot be renamed, since both names stand in the journal.
func (j *Journal) Renameable(ctx context.Context, r Renaming) error {
	return j.read(ctx, func(tx *sql.Tx) error {
		return r.free(func(query, name string) (many int, err error) {
			err = tx.QueryRowContext(ctx, query, name).Scan(&many)
			return many, err
		})
	})
}

// Rename writes another name wherever a source, blocker or device stands in the journal, in one commit: in holdings,
// intents, orders, notes, history, and what was remembered. Where the old name does not stand, as after a Rename that was
// done, it changes nothing.
func (j *Journal) Rename(ctx context.Context, r Renaming) error {
	return j.write(ctx, func(w *writer) error {
		err := r.free(func(query, name string) (many int, err error) {
			w.get(query, []any{name}, &many)
			return many, w.err
		})
		if err != nil {
			return err
		}
		w.rename(r)
		return w.err
	})
}

// free checks that only one of both names holds something: rows of both would have to become one.
func (r Renaming) free(count func(query, name string) (int, error)) error {
	if r.Kind == RenamedDevice {
		return nil
	}
	for _, t := range r.tables() {
		if t.name == "placed" {
			continue
		}
		query := fmt.Sprintf(`select count(*) from %s where %s = $1`, t.name, r.Kind)
		old, err := count(query, r.Old)
		if err != nil {
			return err
		}
		now, err := count(query, r.New)
		if err != nil {
			return err
		}
		if old > 0 && now > 0 {
			return &TakenError{r, t.name}
		}
	}
	return nil
}

// rowsOf is a table with checksums: the columns that name a row, and the others.
type rowsOf struct {
	name       string
	key, other []string
}

var (
	ofHolding = rowsOf{"holding", []string{"source", "kind", "id", "blocker"}, []string{"data"}}
	ofRaw     = rowsOf{"raw", []string{"source", "kind", "id", "blocker"}, []string{"data"}}
	ofPerson  = rowsOf{"person", []string{"source", "kind", "id"}, []string{"data"}}
	ofPlaced  = rowsOf{"placed", []string{"blocker", "class", "element"}, []string{"at"}}
	ofNote    = rowsOf{"note", []string{"id"}, []string{"source", "kind", "target", "text"}}
	ofIntent  = rowsOf{"intent", []string{"id"}, []string{"source", "data", "settled"}}
)

// tables are those in whose columns the name stands.
func (r Renaming) tables() []rowsOf {
	switch r.Kind {
	case RenamedSource:
		return []rowsOf{ofHolding, ofRaw, ofPerson, ofNote}
	case RenamedBlocker:
		return []rowsOf{ofHolding, ofRaw, ofPlaced}
	}
	return []rowsOf{ofHolding}
}

func (w *writer) rename(r Renaming) {
	w.holds = true
	column, name := string(r.Kind), r.Old
	if r.Kind == RenamedDevice {
		column, name = "blocker", r.Blocker
	}
	if r.Kind == RenamedBlocker {
		w.exec(`delete from placed where blocker = $1 and exists (select 1 from placed as now
			where now.blocker = $2 and now.class = placed.class and now.element = placed.element)`, r.Old, r.New)
	}
	for _, t := range r.tables() {
		w.rewrite(t, column, name, r.row(t, w))
	}
	w.rewrite(ofIntent, "", "", r.row(ofIntent, w))
	w.renameEvents(r)
	if r.Kind != RenamedDevice {
		for _, table := range []string{"element", "history"} {
			w.exec(fmt.Sprintf(`update %s set %s = $1 where %s = $2`, table, column, column), r.New, r.Old)
		}
	}
	w.renameFacts(r)
}

// renameFacts gives what was remembered of a name to the other.
func (w *writer) renameFacts(r Renaming) {
	all, err := allMeta(w.ctx, w.tx)
	w.err = first(w.err, err)
	for key, value := range all {
		to, now := r.fact(key, value)
		if to != key {
			w.dropMeta(key)
		}
		if to != key || now != value {
			w.setMeta(to, now)
		}
	}
}

func (r Renaming) fact(key, value string) (string, string) {
	if r.Kind == RenamedSource && key == sourcePrefix+r.Old {
		return sourcePrefix + r.New, value
	}
	fact, is := strings.CutPrefix(key, factPrefix)
	if !is || r.Fact == nil {
		return key, value
	}
	fact, value = r.Fact(fact, value)
	return factPrefix + fact, value
}
