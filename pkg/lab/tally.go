package lab

import (
	"maps"
	"sync"
)

// kept is how many requests an end remembers one by one.
const kept = 4096

// Entry is one request that an end has seen. It holds no credentials and no body.
type Entry struct {
	Method string `json:"method"`
	// Path is the path with its query; values of parameters that carry credentials are left out.
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	Status int    `json:"status"` // 0 when no answer was sent
}

// tally counts the requests of one end.
type tally struct {
	mu       sync.Mutex
	kinds    map[string]int
	now, max int
	log      []Entry
	next     int
}

func newTally() *tally { return &tally{kinds: map[string]int{}} }

func (t *tally) begin(kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kinds[kind]++
	t.now++
	t.max = max(t.max, t.now)
}

func (t *tally) end(e Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now--
	if len(t.log) < kept {
		t.log = append(t.log, e)
		return
	}
	t.log[t.next] = e
	t.next = (t.next + 1) % kept
}

func (t *tally) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kinds = map[string]int{}
	t.max = t.now
	t.log, t.next = nil, 0
}

func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.kinds)
}

func (t *tally) inFlightMax() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.max
}

// last gives the newest n entries, oldest first.
func (t *tally) last(n int) []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	n = min(n, len(t.log))
	out := make([]Entry, n)
	for i := range out {
		out[i] = t.log[(t.next+len(t.log)-n+i)%len(t.log)]
	}
	return out
}
