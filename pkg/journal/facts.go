package journal

import "context"

// Facts are numbers about a journal, for who has to find out what is wrong with it.
type Facts struct {
	// Schema is the version of its tables, Revision the last number that was given to an event.
	Schema   int   `json:"schema_version"`
	Revision int64 `json:"revision"`
	Holdings int   `json:"holdings"`
	// Intents and Notes are what an interrupted run left for the next one.
	Intents int    `json:"open_intents"`
	Notes   int    `json:"open_notes"`
	Lost    string `json:"lost,omitempty"`
}

// Facts counts what is there.
func (j *Journal) Facts(ctx context.Context) (f Facts, err error) {
	f.Lost = j.lost
	if f.Schema, err = j.version(ctx); err != nil {
		return f, err
	}
	if f.Revision, err = j.LastRevision(ctx); err != nil {
		return f, err
	}
	held, err := j.Holdings(ctx)
	if err != nil {
		return f, err
	}
	f.Holdings = len(held)
	f.Intents, f.Notes, err = j.Unfinished(ctx)
	return f, err
}
