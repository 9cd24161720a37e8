package lab

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// World is a set of ends that share a certificate authority, a clock and an admin API.
type World struct {
	clock
	authority *authority
	cert      tls.Certificate
	admin     *End
	token     string

	mu   sync.Mutex
	ends map[string]*End

	closing sync.Once
	closed  error
}

// New makes an empty world with its admin API. Close ends it.
func New() (*World, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, err
	}
	cert, err := a.issue()
	if err != nil {
		return nil, err
	}
	w := &World{authority: a, cert: cert, token: randomHex(16), ends: map[string]*End{}}
	w.admin, err = newEnd("admin", &adminAPI{world: w}, cert)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Add puts s on the network under a name. Like httptest.NewServer it panics when it cannot listen on loopback,
// and also when the name is taken: both are mistakes of the caller that no caller could handle.
func (w *World) Add(name string, s Simulator) *End {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ends[name] != nil {
		panic(fmt.Sprintf("lab: there already is an end called %q", name))
	}
	e, err := newEnd(name, s, w.cert)
	if err != nil {
		panic(err)
	}
	w.ends[name] = e
	return e
}

// End is the end of that name, or nil.
func (w *World) End(name string) *End {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ends[name]
}

// Ends are all ends in the order of their names.
func (w *World) Ends() []*End {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]*End, 0, len(w.ends))
	for _, name := range slices.Sorted(maps.Keys(w.ends)) {
		out = append(out, w.ends[name])
	}
	return out
}

// CA is the certificate authority of all ends, in PEM.
func (w *World) CA() []byte { return w.authority.pem() }

// Admin is the origin of the admin API and the bearer token that it asks for.
func (w *World) Admin() (url, token string) { return w.admin.URL, w.token }

// Client trusts the world's authority and follows no redirects. Close its idle connections when done.
func (w *World) Client() *http.Client {
	return &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: w.authority.pool(), MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: 256,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close takes every end off the network and waits for what is running in them. Closing again does nothing.
func (w *World) Close() error {
	w.closing.Do(func() { w.closed = w.closeEnds() })
	return w.closed
}

func (w *World) closeEnds() error {
	errs := []error{w.admin.close()}
	for _, e := range w.Ends() {
		errs = append(errs, e.close())
	}
	return errors.Join(errs...)
}
