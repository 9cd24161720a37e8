package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bodyLimit is the largest request that an end reads, in bytes. The largest real one is a PAN-OS user-id message.
const bodyLimit = 6 << 20

// End is a simulator on the network: a listener of its own, with faults, delay and counters around the simulator.
type End struct {
	// Name is what the world calls it.
	Name string
	// URL is its origin, such as https://127.0.0.1:40001.
	URL string

	sim    Simulator
	gate   *gate
	server *http.Server
	faults faults
	tally  *tally
	delay  atomic.Int64
	work   sync.WaitGroup

	door   sync.Mutex // held to enter and to close, so that nothing enters behind the last look
	closed chan struct{}
}

func newEnd(name string, s Simulator, cert tls.Certificate) (*End, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("lab: listen for %s: %w", name, err)
	}
	e := &End{
		Name: name, URL: "https://" + l.Addr().String(),
		sim: s, gate: newGate(l), tally: newTally(), closed: make(chan struct{}),
	}
	e.server = &http.Server{
		Handler: e, ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 1 << 20,
	}
	secure := tls.NewListener(e.gate, secured(cert))
	e.work.Go(func() { _ = e.server.Serve(secure) }) // ends with ErrServerClosed, when close is called
	return e, nil
}

// secured is what ends offer: no more than firewalls do, and what costs little, for tests open many connections.
func secured(cert tls.Certificate) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12,
		CurvePreferences: []tls.CurveID{tls.X25519}, SessionTicketsDisabled: true,
	}
}

func (e *End) close() error {
	e.door.Lock()
	close(e.closed)
	e.door.Unlock()
	err := e.server.Close()
	e.work.Wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("lab: close %s: %w", e.Name, err)
	}
	return nil
}

// enter counts a request among the work that close waits for; false means that the end has closed.
func (e *End) enter() bool {
	e.door.Lock()
	defer e.door.Unlock()
	select {
	case <-e.closed:
		return false
	default:
		e.work.Add(1)
		return true
	}
}

// Simulator is what answers behind the end.
func (e *End) Simulator() Simulator { return e.sim }

// Delay makes each answer wait first.
func (e *End) Delay(d time.Duration) { e.delay.Store(int64(d)) }

// SetFaults replaces the rules of misbehaviour; none makes the end healthy. It fails on a rule that makes no sense.
func (e *End) SetFaults(rules ...Fault) error { return e.faults.set(rules) }

// Down takes the end off the network, or brings it back at the same address. Open connections are reset.
func (e *End) Down(down bool) { e.gate.set(down) }

// Requests counts the requests by kind since the last ResetCounters.
func (e *End) Requests() map[string]int { return e.tally.counts() }

// InFlightMax is the largest number of requests that were being answered at one time.
func (e *End) InFlightMax() int { return e.tally.inFlightMax() }

// Connections counts the connections that were opened since the last ResetCounters: a client that keeps them opens
// few, whatever it asks.
func (e *End) Connections() int { return e.gate.count() }

// ResetCounters forgets the counts and the request log.
func (e *End) ResetCounters() {
	e.tally.reset()
	e.gate.reset()
}

// Last gives the newest n requests, oldest first; some thousands are remembered.
func (e *End) Last(n int) []Entry { return e.tally.last(n) }

// ServeHTTP answers one request the way the end is told to.
func (e *End) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !e.enter() {
		panic(http.ErrAbortHandler)
	}
	defer e.work.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		http.Error(w, "request body too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	rewind(r, body)
	kind := e.sim.Classify(r)
	rewind(r, body)
	seen := &statusWriter{ResponseWriter: w}
	seen.over = sync.OnceFunc(func() {
		e.tally.end(Entry{Method: r.Method, Path: shown(r.URL), Kind: kind, Status: seen.status})
	})
	e.tally.begin(kind)
	defer seen.over()
	if e.pause(r.Context(), time.Duration(e.delay.Load())) {
		e.answer(seen, r, kind)
	}
}

func (e *End) answer(w http.ResponseWriter, r *http.Request, kind string) {
	if fault, ok := e.faults.take(kind); ok {
		e.misbehave(w, r, fault)
		return
	}
	e.sim.ServeHTTP(w, r)
}

// pause waits for d; false means that nobody waits for an answer any more.
func (e *End) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-e.closed:
	}
	return false
}

func rewind(r *http.Request, body []byte) { r.Body = io.NopCloser(bytes.NewReader(body)) }

// shown is the path and query without credentials: PAN-OS and FortiOS both take them as parameters.
func shown(u *url.URL) string {
	query := u.Query()
	for key := range query {
		switch strings.ToLower(key) {
		case "key", "access_token", "password", "user":
			query.Set(key, "redacted")
		}
	}
	if len(query) == 0 {
		return u.Path
	}
	return u.Path + "?" + query.Encode()
}
