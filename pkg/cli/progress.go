package cli

import (
	"fmt"
	"sync"
	"time"
)

// progress shows on a terminal that a pass is still at work.
type progress struct {
	mu      sync.Mutex
	items   int
	done    chan struct{}
	stopped chan struct{}
}

// quiet is how long a pass may take without a word.
const quiet = time.Second

func (a *App) startProgress() *progress {
	p := &progress{done: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(p.stopped)
		if a.ErrTerminal {
			p.show(a)
		}
	}()
	return p
}

func (p *progress) show(a *App) {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	started, clear := a.Now(), ""
	for {
		select {
		case <-p.done:
			fmt.Fprint(a.Err, clear)
			return
		case <-tick.C:
			clear = "\r\033[K"
			p.mu.Lock()
			fmt.Fprintf(a.Err, "\r\033[Kpass: %d changes at hand, %s", p.items, a.Now().Sub(started).Round(time.Second))
			p.mu.Unlock()
		}
	}
}

func (p *progress) add(_ string, items int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items += items
}

func (p *progress) stop() {
	close(p.done)
	<-p.stopped
}
