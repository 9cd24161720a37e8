package lab

import "sync"

// mostLists is how many lists a brain remembers.
const mostLists = 64

// lists remembers what queries chose, in order, until the estate changes: a page costs what is on it, however long
// the list is.
type lists struct {
	mu      sync.Mutex
	edition int
	rows    map[string]any
}

// listOf gives what a query chose of this edition of the estate, or chooses it now. The list is not to be changed.
func listOf[T any](l *lists, edition int, key string, choose func() []*T) []*T {
	if rows, ok := l.find(edition, key); ok {
		return rows.([]*T)
	}
	rows := choose()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.edition == edition && len(l.rows) < mostLists {
		l.rows[key] = rows
	}
	return rows
}

func (l *lists) find(edition int, key string) (rows any, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.edition != edition || l.rows == nil {
		l.edition, l.rows = edition, map[string]any{}
	}
	rows, ok = l.rows[key]
	return rows, ok
}
