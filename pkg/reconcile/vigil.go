package reconcile

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Silence is a source without a complete pass for too long, or one that had been and is complete again.
type Silence struct {
	Source string
	// Since is when it was last read completely; zero: never.
	Since time.Time
	// Why is the last failure; empty where none is known, or it is over.
	Why  string
	Over bool
}

// Vigil watches for sources without a complete pass: it tells of each once, at the moment at which it has been so for
// too long, and once more when it is complete again. Close it.
type Vigil struct {
	now  func() time.Time
	tell func(Silence)

	mu       sync.Mutex
	patience time.Duration
	sources  []*watched
	timer    *time.Timer
	closed   bool
}

// watched is one source. Its time runs from the last complete pass, and from when the watch began where that was before.
type watched struct {
	name        string
	since, from time.Time
	why         string
	told        bool
}

// NewVigil makes one that watches nobody yet.
func NewVigil(now func() time.Time, tell func(Silence)) *Vigil { return &Vigil{now: now, tell: tell} }

// Watch says whom to watch from now on, and when each was last read completely. Who was watched before stays so.
func (v *Vigil) Watch(patience time.Duration, complete map[string]time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.patience = patience
	v.sources = slices.DeleteFunc(v.sources, func(w *watched) bool { _, stays := complete[w.name]; return !stays })
	for name, at := range complete {
		if v.find(name) == nil {
			v.sources = append(v.sources, &watched{name: name, since: at, from: v.now()})
		}
	}
	slices.SortFunc(v.sources, func(a, b *watched) int { return strings.Compare(a.name, b.name) })
	v.look()
}

// Saw notes how a pass over a source ended: when it was read completely, or why it was not, and when it was last, where
// somebody else may have done that; zero where nobody has.
func (v *Vigil) Saw(source string, complete time.Time, why string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := v.find(source)
	if w == nil {
		return
	}
	if w.why = why; complete.After(w.since) {
		if w.told && v.now().Sub(complete) < v.patience {
			v.tell(Silence{Source: source, Since: w.since, Over: true})
			w.told = false
		}
		w.since = complete
		if complete.After(w.from) {
			w.from = complete
		}
	}
	v.look()
}

func (v *Vigil) find(source string) *watched {
	at := slices.IndexFunc(v.sources, func(w *watched) bool { return w.name == source })
	if at < 0 {
		return nil
	}
	return v.sources[at]
}

// look tells of those whose time is over, and looks again when that of the next one is.
func (v *Vigil) look() {
	if v.closed {
		return
	}
	if v.timer != nil {
		v.timer.Stop()
	}
	var next time.Duration
	for _, w := range v.sources {
		left := w.from.Add(v.patience).Sub(v.now())
		switch {
		case w.told:
		case left <= 0:
			w.told = true
			v.tell(Silence{Source: w.name, Since: w.since, Why: w.why})
		case next == 0 || left < next:
			next = left
		}
	}
	if next > 0 {
		v.timer = time.AfterFunc(next, v.wake)
	}
}

func (v *Vigil) wake() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.look()
}

// Close ends the watch: nothing is told any more.
func (v *Vigil) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	if v.timer != nil {
		v.timer.Stop()
	}
}
