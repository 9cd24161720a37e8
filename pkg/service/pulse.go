package service

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

// Pulse says whether a program gets on: something happened a short while ago, or something is under way that ends by
// itself. Its methods may be called by several at a time. In a nil one nobody is interested.
type Pulse struct {
	now  func() time.Time
	mu   sync.Mutex
	last time.Time
	// under is how much is under way that ends by itself.
	under int
}

// NewPulse makes one that beats now.
func NewPulse(now func() time.Time) *Pulse { return &Pulse{now: now, last: now()} }

// Beat says that something happened.
func (p *Pulse) Beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = p.now()
}

// During is for what may take long and ends by itself, as others see to: a pause, a call with a limit. over is to be
// called at its end.
func (p *Pulse) During() (over func()) {
	if p == nil {
		return func() {}
	}
	p.add(1)
	return func() { p.add(-1) }
}

func (p *Pulse) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under += n
	p.last = p.now()
}

// Within reports that something happened within the last while, or is under way that ends by itself.
func (p *Pulse) Within(while time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.under > 0 || p.now().Sub(p.last) <= while
}

// Hear makes requests over HTTP signs of life that are sent with this context: when one gets its connection and when
// its answer begins.
func (p *Pulse) Hear(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { p.Beat() },
		GotFirstResponseByte: p.Beat,
	})
}
