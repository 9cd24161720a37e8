package cli

import (
	"io"
	"sync"
)

// inTurn is a writer for several at once: signals and silent sources are told of while a pass prints.
type inTurn struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes as a whole.
func (t *inTurn) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.Write(p)
}
