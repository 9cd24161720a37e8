package journal

import (
	"database/sql"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// tell writes events, or counts one with the last of its target on its blocker when that was the same.
func (w *writer) tell(events ...entity.Event) {
	for some := range apart(events, aboutWhat) {
		w.tellApart(some)
	}
}

func aboutWhat(e entity.Event) holdingKey { return holdingKey{e.Ref, e.Blocker} }

// tellApart writes events about different targets and blockers.
func (w *writer) tellApart(events []entity.Event) {
	was := w.lastEvents(events)
	w.reserve(len(events))
	var rows [][]any
	for _, e := range events {
		at := nano(e.At)
		kept := keptEvent{e.Name, e.Elements, e.Reasons, e.Problem, e.By}
		data := w.text(kept)
		if l, found := was[aboutWhat(e)]; found && l.action == e.Action && l.outcome == e.Outcome && l.data == data {
			w.exec(`update history set times = times + 1, last = $1, revision = $2 where id = $3`, at, w.id(), l.id)
			continue
		}
		id := w.id()
		rows = append(rows, []any{
			id, id, at, at, 1, e.Action, e.Outcome, e.Ref.Source, string(e.Ref.Kind), e.Ref.ID, e.Blocker, kept.search(e.Ref), data,
		})
	}
	w.insert(`history (id, revision, at, last, times, action, outcome, source, kind, target, blocker, search, data)`, ``, rows)
}

// search is the text in which an event is looked for.
func (k keptEvent) search(about entity.Ref) string {
	return told(k.Name, about.ID, strings.Join(k.Elements, "\n"), strings.Join(k.Reasons, "\n"), k.Problem, k.By.Who, k.By.Reason)
}

// lastEvent is the last that was told of a target on a blocker.
type lastEvent struct {
	id                    int64
	action, outcome, data string
}

// repeats reports that an event may be the last one once more. What a person did never is, and neither is what is told
// since it is about others than before: its words may be the same ones.
func repeats(e entity.Event) bool {
	return e.By == (entity.By{}) && e.Action != entity.EventGate && e.Action != entity.EventStranded
}

// lastEvents are those that events may repeat.
func (w *writer) lastEvents(events []entity.Event) map[holdingKey]lastEvent {
	var keys []holdingKey
	for _, e := range events {
		if repeats(e) {
			keys = append(keys, aboutWhat(e))
		}
	}
	last := make(map[holdingKey]lastEvent, len(keys))
	for at, ids := range bySpot(keys) {
		a := among[string]{
			query: `select id, target, action, outcome, data from history where id in
				(select max(id) from history where source = $1 and kind = $2 and blocker = $3 and target in`,
			args: []any{at.source, string(at.kind), at.blocker}, end: `group by target)`,
		}
		err := a.each(w.asker(), ids, func(rows *sql.Rows) error {
			k := holdingKey{entity.Ref{Source: at.source, Kind: at.kind}, at.blocker}
			var l lastEvent
			err := rows.Scan(&l.id, &k.ref.ID, &l.action, &l.outcome, &l.data)
			last[k] = l
			return err
		})
		w.err = first(w.err, err)
	}
	return last
}
