package journal

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// renameEvents gives events of a source as a whole its new name: theirs is that of the source.
func (w *writer) renameEvents(r Renaming) {
	if r.Kind != RenamedSource {
		return
	}
	kept := map[int64]keptEvent{}
	rows, err := w.rows(`select id, data from history where source = $1 and target = ''`, []any{r.Old})
	err = scanned(rows, err, func(rows *sql.Rows) error {
		var id int64
		var data string
		var k keptEvent
		if err := rows.Scan(&id, &data); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(data), &k); err != nil {
			return unreadable(fmt.Sprintf("event %d", id), err)
		}
		if k.Name == r.Old {
			kept[id] = k
		}
		return nil
	})
	w.err = first(w.err, err)
	for id, k := range kept {
		k.Name = r.New
		w.exec(`update history set data = $1, search = $2 where id = $3`, w.text(k), k.search(entity.Ref{}), id)
	}
}
