package lab

import (
	"net"
	"sync"
)

// gate is a listener that can be shut without losing its port: while shut it resets whoever connects.
type gate struct {
	net.Listener
	mu    sync.Mutex
	shut  bool
	conns map[*gatedConn]struct{}
	kept  int // how many connections were let in since the counters were reset
}

func newGate(l net.Listener) *gate {
	return &gate{Listener: l, conns: map[*gatedConn]struct{}{}}
}

// Accept waits for the next connection that may stay.
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if kept := g.keep(conn); kept != nil {
			return kept, nil
		}
		reset(conn)
	}
}

func (g *gate) keep(conn net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return nil
	}
	kept := &gatedConn{Conn: conn, gate: g}
	g.conns[kept] = struct{}{}
	g.kept++
	return kept
}

// set shuts the gate, which resets every open connection, or opens it again.
func (g *gate) set(shut bool) {
	g.mu.Lock()
	g.shut = shut
	var open []*gatedConn
	if shut {
		for c := range g.conns {
			open = append(open, c)
		}
	}
	g.mu.Unlock()
	for _, c := range open {
		reset(c)
	}
}

func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.kept
}

func (g *gate) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kept = 0
}

func (g *gate) forget(c *gatedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}

type gatedConn struct {
	net.Conn
	gate *gate
}

// Close closes the connection and lets the gate forget it.
func (c *gatedConn) Close() error {
	c.gate.forget(c)
	return c.Conn.Close()
}

// SetLinger hands through to TCP, where 0 turns a close into a reset.
func (c *gatedConn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}

// reset closes c so that its peer sees an error and not an end. Both errors only say that it was closed before.
func reset(c net.Conn) {
	if l, ok := c.(interface{ SetLinger(int) error }); ok {
		_ = l.SetLinger(0)
	}
	_ = c.Close()
}
