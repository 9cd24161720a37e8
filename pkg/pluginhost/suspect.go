package pluginhost

import (
	"context"
	"sync"
)

// suspicion says whether somebody looks just now if a plugin hangs or has died.
type suspicion struct {
	mu sync.Mutex
	// settled is closed when nobody looks; nil: nobody has looked yet.
	settled chan struct{}
}

// examine has look find out about a session, once at a time. Nobody waits for it but in cleared.
func (b *Blocker) examine(s *session, look func()) {
	settled, first := s.suspicion.begin()
	if !first {
		return
	}
	b.tending.Go(func() {
		defer close(settled)
		look()
	})
}

func (u *suspicion) begin() (settled chan struct{}, first bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.settled != nil {
		select {
		case <-u.settled:
		default:
			return nil, false
		}
	}
	u.settled = make(chan struct{})
	return u.settled, true
}

// cleared waits until nobody looks any more; false when ctx ended first.
func (u *suspicion) cleared(ctx context.Context) bool {
	u.mu.Lock()
	settled := u.settled
	u.mu.Unlock()
	if settled == nil {
		return true
	}
	select {
	case <-settled:
		return true
	case <-ctx.Done():
		return false
	}
}
