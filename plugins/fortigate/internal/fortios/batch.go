package fortios

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"

	"github.com/var-project/var/pkg/blocker"
)

// Batch is a run of requests that belong together. After the first answer that refuses the
// credentials no further request is made: three of them lock the address out, and each lockout
// of an API user doubles. It may be used by several goroutines.
type Batch struct {
	client *Client

	mu      sync.Mutex
	refused error
	version string
	serial  string
}

// Batch begins a run of requests.
func (c *Client) Batch() *Batch { return &Batch{client: c} }

// Get reads a resource.
func (b *Batch) Get(ctx context.Context, path string, query url.Values) (Envelope, error) {
	return b.call(ctx, exchange{method: http.MethodGet, path: path, query: query})
}

// Read reads a resource whose results have the form of what results points to. Others are an error of class
// Transient. Results that are absent or null leave it as it is.
func (b *Batch) Read(ctx context.Context, path string, query url.Values, results any) (Envelope, error) {
	return b.call(ctx, exchange{method: http.MethodGet, path: path, query: query, results: results})
}

// Post creates an entry or starts an action.
func (b *Batch) Post(ctx context.Context, path string, body any) (Envelope, error) {
	return b.call(ctx, exchange{method: http.MethodPost, path: path, body: body})
}

// Put changes the named fields of an entry and leaves the others.
func (b *Batch) Put(ctx context.Context, path string, body any) (Envelope, error) {
	return b.call(ctx, exchange{method: http.MethodPut, path: path, body: body})
}

// Delete removes an entry.
func (b *Batch) Delete(ctx context.Context, path string) error {
	_, err := b.call(ctx, exchange{method: http.MethodDelete, path: path})
	return err
}

// Device is what the answers so far tell of the device; both are empty before the first.
func (b *Batch) Device() (version, serial string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.version, b.serial
}

// Admitted waits until the device has taken the token of some request, and reports whether it did before over.
func (b *Batch) Admitted(over <-chan struct{}) bool {
	select {
	case <-b.client.door.taken:
		return true
	case <-over:
		return false
	}
}

// FiltersByPart reports that the device knows filters for a part of a name (6.4.2). That is believed of one
// that did not tell its version yet: whoever asks with such a filter looks again when there is an answer.
func (b *Batch) FiltersByPart() bool {
	version := b.client.version.Load()
	return version == nil || AtLeast(*version, "6.4.2")
}

func (b *Batch) call(ctx context.Context, x exchange) (Envelope, error) {
	trial, err := b.client.door.enter(ctx)
	if err != nil {
		err = unasked(x.method+" "+x.path, err)
		b.note(Envelope{}, err)
		return Envelope{}, err
	}
	env, err := b.send(ctx, x)
	b.client.door.leave(trial, env, err)
	return env, err
}

func (b *Batch) send(ctx context.Context, x exchange) (Envelope, error) {
	if err := b.stopped(); err != nil {
		return Envelope{}, err
	}
	var raw json.RawMessage
	if x.results == nil {
		x.results = &raw
	}
	env, err := b.client.send(ctx, x)
	env.Results = raw
	b.note(env, err)
	return env, err
}

func (b *Batch) stopped() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

func (b *Batch) note(env Envelope, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if env.OK() {
		b.client.version.Store(&env.Version)
	}
	if env.Version != "" {
		b.version, b.serial = env.Version, env.Serial
	}
	if b.refused == nil && blocker.ClassOf(err) == blocker.Unauthorized {
		b.refused = err
	}
}
