package journal

import "context"

const sourcePrefix = "source:"

// Known are the sources that were read completely since the journal was made.
func (j *Journal) Known(ctx context.Context) (map[string]bool, error) {
	rows, err := j.db.QueryContext(ctx, `select substr(key, $1) from meta where key like $2`, len(sourcePrefix)+1, sourcePrefix+"%")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		known[name] = true
	}
	return known, rows.Err()
}

// Know records that a source was read completely.
func (j *Journal) Know(ctx context.Context, source string) error {
	return j.write(ctx, func(w *writer) error {
		w.exec(`insert into meta (key, value) values ($1, '') on conflict (key) do nothing`, sourcePrefix+source)
		return w.err
	})
}
